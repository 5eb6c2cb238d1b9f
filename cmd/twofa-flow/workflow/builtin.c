#include "cmd/twofa-flow/workflow/builtin.h"

#include "common/base/cdefs.h"

#include <string.h>

#define JSON(...) #__VA_ARGS__

/* clang-format off */
static const char call[] = JSON({
"start": "Accept",
"maxSMS": 1,
"activities": {
  "Accept": {"type": "accept", "next": "AskCustomer"},
  "AskCustomer": {"type": "input-customer",
    "text": "If you are our customer, press 1. If you are new, press 2.",
    "seconds": 10, "retries": 1,
    "choices": {"1": "AskIdentifier", "2": "NewCustomer"},
    "noResponse": "NotVerified"},
  "AskIdentifier": {"type": "collect-information",
    "text": "Please enter your customer identifier.",
    "parameter": "CustomerIdentifier", "digits": "identifier_digits",
    "seconds": 15, "digitSeconds": 5, "retries": 1,
    "next": "WaitRecognized", "noInput": "NotVerified"},
  "WaitRecognized": {"type": "wait-for-parameter",
    "parameter": "CustomerRecognized", "seconds": 30,
    "next": "CheckRecognized", "timeout": "NotVerified",
    "failure": "NotVerified"},
  "CheckRecognized": {"type": "check-parameter",
    "parameter": "CustomerRecognized",
    "cases": {"Yes": "StartValidation"}, "otherwise": "NotVerified"},
  "StartValidation": {"type": "save-parameter",
    "parameter": "StartValidation", "value": "Yes", "next": "WaitSent"},
  "WaitSent": {"type": "wait-for-parameter",
    "parameter": "SMSSent", "seconds": 60,
    "next": "CheckSent", "timeout": "NotVerified", "failure": "NotVerified"},
  "CheckSent": {"type": "check-parameter", "parameter": "SMSSent",
    "cases": {"Yes": "AskPIN"}, "otherwise": "NotVerified"},
  "AskPIN": {"type": "collect-information",
    "text": "We sent a PIN to your telephone ending in {SMSNumber:last2}. Please enter it.",
    "parameter": "PIN", "digits": "pin_digits",
    "seconds": 60, "digitSeconds": 5, "retries": 1,
    "next": "WaitValidation", "noInput": "NotVerified"},
  "WaitValidation": {"type": "wait-for-parameter",
    "parameter": "ValidationCheck", "seconds": 30,
    "next": "CheckValidation", "timeout": "NotVerified",
    "failure": "NotVerified"},
  "CheckValidation": {"type": "check-parameter",
    "parameter": "ValidationCheck",
    "cases": {"OK": "Verified"}, "otherwise": "NotVerified"},
  "Verified": {"type": "announcement",
    "text": "Thank you, you are verified. Please hold for an agent.",
    "next": "Agents"},
  "Agents": {"type": "queue", "to": "agents"},
  "NewCustomer": {"type": "transfer", "to": "new-customers"},
  "NotVerified": {"type": "transfer", "to": "not-verified"}
},
"triggers": {
  "CustomerIdentifier": {"run": ["twofa-lookup"],
    "sets": ["CustomerRecognized", "SMSNumber"]},
  "StartValidation": {"run": ["twofa-sendpin"],
    "sets": ["SMSSent", "GeneratedPIN", "PINExpires"]},
  "PIN": {"run": ["twofa-verify"], "sets": ["ValidationCheck"]}
}});

/*
 * Every way back to the PIN is through AskPIN, whose visits are limited; those
 * that send are limited by Again. Restore gives back what was there before a
 * message that was not sent again: it never sends, but counts as if it did.
 * With more limits there are too many calls for check_workflow() to look at.
 */
static const char desk[] = JSON({
"start": "Accept",
"maxSMS": 7,
"activities": {
  "Accept": {"type": "accept", "next": "Customer"},
  "Customer": {"type": "collect-information",
    "text": "The customer's identifier",
    "parameter": "CustomerIdentifier", "digits": "identifier_digits",
    "seconds": 600, "next": "WaitRecognized", "noInput": "NotVerified"},
  "WaitRecognized": {"type": "wait-for-parameter",
    "parameter": "CustomerRecognized", "seconds": 30,
    "next": "CheckRecognized", "timeout": "LookupFailed",
    "failure": "LookupFailed"},
  "LookupFailed": {"type": "announcement",
    "text": "The customer could not be looked up: {Why}. Nothing was sent.",
    "next": "NotVerified"},
  "CheckRecognized": {"type": "check-parameter",
    "parameter": "CustomerRecognized",
    "cases": {"Yes": "Confirm"}, "otherwise": "NotRecognized"},
  "NotRecognized": {"type": "announcement",
    "text": "No PIN can be sent: {Why}.", "next": "NotVerified"},
  "Confirm": {"type": "input-customer",
    "text": "A PIN goes to the telephone ending in {SMSNumber:last2}. Enter sends it, q ends.",
    "seconds": 600, "retries": 10,
    "choices": {"1": "StartValidation", "0": "NotVerified"},
    "noResponse": "NotVerified"},
  "StartValidation": {"type": "save-parameter",
    "parameter": "StartValidation", "value": "Yes", "next": "WaitSent"},
  "WaitSent": {"type": "wait-for-parameter",
    "parameter": "SMSSent", "seconds": 60,
    "next": "CheckSent", "timeout": "CheckNotSent", "failure": "CheckNotSent"},
  "CheckSent": {"type": "check-parameter", "parameter": "SMSSent",
    "cases": {"Yes": "Sent"}, "otherwise": "NotSent"},
  "CheckNotSent": {"type": "check-parameter", "parameter": "TwofaReason",
    "cases": {"unknown-outcome": "PerhapsSent"}, "otherwise": "NotSent"},
  "NotSent": {"type": "announcement",
    "text": "No PIN was sent: {Why}.", "next": "NotVerified"},
  "Sent": {"type": "announcement",
    "text": "Sent. Let the caller read it out.", "next": "Tries"},
  "PerhapsSent": {"type": "announcement",
    "text": "Nobody knows whether the PIN was sent. Ask the caller.",
    "next": "Tries"},
  "Tries": {"type": "check-parameter", "parameter": "CustomerRecognized",
    "max": "max_attempts",
    "cases": {"Yes": "AskPIN"}, "otherwise": "NotVerified",
    "exceeded": "NoTries"},
  "NoTries": {"type": "announcement",
    "text": "No tries are left. Only a new call has another PIN.",
    "next": "NotVerified"},
  "AskPIN": {"type": "collect-information",
    "text": "Enter the caller's PIN; r sends it again, q ends. Tries left: {TriesLeft}.",
    "parameter": "PIN", "digits": "pin_digits",
    "seconds": 600, "retries": 2, "max": 16,
    "choices": {"*": "Again", "0": "NotVerified"},
    "next": "WaitValidation", "noInput": "AskPIN", "exceeded": "Enough"},
  "Enough": {"type": "announcement",
    "text": "That was asked often enough. Only a new call has another PIN.",
    "next": "NotVerified"},
  "WaitValidation": {"type": "wait-for-parameter",
    "parameter": "ValidationCheck", "seconds": 30,
    "next": "CheckValidation", "timeout": "NotChecked",
    "failure": "NotChecked"},
  "NotChecked": {"type": "announcement",
    "text": "The PIN could not be checked: {Why}. Enter it once more.",
    "next": "AskPIN"},
  "CheckValidation": {"type": "check-parameter",
    "parameter": "ValidationCheck",
    "cases": {"OK": "Verified"}, "otherwise": "CheckReason"},
  "CheckReason": {"type": "check-parameter", "parameter": "TwofaReason",
    "cases": {"wrong": "Wrong", "not-sent": "NotThere"},
    "otherwise": "Refused"},
  "Wrong": {"type": "announcement", "text": "That is not the PIN.",
    "next": "Tries"},
  "Refused": {"type": "announcement",
    "text": "The PIN does not count: {Why}.", "next": "NotVerified"},
  "Again": {"type": "check-parameter", "parameter": "CustomerRecognized",
    "max": 3,
    "cases": {"Yes": "Resend"}, "otherwise": "NotVerified",
    "exceeded": "NoMore"},
  "Resend": {"type": "save-parameter",
    "parameter": "StartValidation", "value": "Resend", "next": "WaitResent"},
  "NoMore": {"type": "announcement",
    "text": "It is not sent once more. The PIN sent before stays.",
    "next": "AskPIN"},
  "WaitResent": {"type": "wait-for-parameter",
    "parameter": "SMSSent", "seconds": 60,
    "next": "CheckResent", "timeout": "NotResent", "failure": "NotResent"},
  "CheckResent": {"type": "check-parameter", "parameter": "SMSSent",
    "cases": {"Yes": "Resent"}, "otherwise": "NotResent"},
  "Resent": {"type": "announcement", "text": "It was {Resent}.",
    "next": "AskPIN"},
  "NotResent": {"type": "announcement",
    "text": "It was {Resent}. The PIN sent before stays.",
    "next": "Restore"},
  "Restore": {"type": "save-parameter",
    "parameter": "StartValidation", "value": "Yes", "next": "WaitRestored"},
  "WaitRestored": {"type": "wait-for-parameter",
    "parameter": "SMSSent", "seconds": 60, "next": "CheckRestored",
    "timeout": "NotThere", "failure": "NotThere"},
  "CheckRestored": {"type": "check-parameter", "parameter": "SMSSent",
    "cases": {"Yes": "AskPIN"}, "otherwise": "NotThere"},
  "NotThere": {"type": "announcement",
    "text": "The PIN is out of reach: {Why}. Try r once more.",
    "next": "AskPIN"},
  "Verified": {"type": "queue", "to": "agent"},
  "NotVerified": {"type": "disconnect"}
},
"triggers": {
  "CustomerIdentifier": {"run": ["twofa-lookup"],
    "sets": ["CustomerRecognized", "SMSNumber", "TwofaReason"]},
  "StartValidation": {"run": ["twofa-sendpin"],
    "sets": ["SMSSent", "GeneratedPIN", "PINExpires", "TwofaReason"]},
  "PIN": {"run": ["twofa-verify"],
    "sets": ["ValidationCheck", "TwofaReason"]}
}});
/* clang-format on */

const struct builtin builtins[] = {
    {"call", call},
    {"desk", desk},
};

const size_t builtin_count = ARRAY_LEN(builtins);

const char *
builtin_find(const char *name)
{
	size_t i;

	for (i = 0; i < builtin_count; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].json;
	return NULL;
}
