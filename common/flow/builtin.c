#include "common/flow/builtin.h"

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
/* clang-format on */

const struct builtin builtins[] = {
    {"call", call},
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
