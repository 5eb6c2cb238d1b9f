/*
 * Programs that read settings, as twofa-sendpin and the others do.
 */
#ifndef TESTS_UNIT_USAGES_H
#define TESTS_UNIT_USAGES_H

#include "common/settings/settings.h"

static const struct usage usage_task = {
    .program = PROGRAM_TASK, .options = "id csv in-place rejects"};
static const struct usage usage_lookup = {.program = PROGRAM_LOOKUP,
    .options = "directory identifier-digits open-requests config",
    .keys = "log"};
static const struct usage usage_sendpin = {.program = PROGRAM_SENDPIN,
    .options = "directory identifier-digits sender from message pin-digits "
	       "pin-ttl max-attempts key resend open-requests rate "
	       "time-allowed in-place ref rejects config",
    .keys = "limit_number limit_wrong"};
static const struct usage usage_verify = {.program = PROGRAM_VERIFY,
    .options = "max-attempts ref config",
    .keys = "log"};
static const struct usage usage_ledger = {
    .program = PROGRAM_LEDGER, .options = "key ledger ref"};
static const struct usage usage_flow = {.program = PROGRAM_FLOW,
    .options = "input in-place",
    .keys = "max_attempts"};

/* All of them; a program that does not use each would warn otherwise. */
static const struct usage *const usages[] = {&usage_task, &usage_lookup,
    &usage_sendpin, &usage_verify, &usage_ledger, &usage_flow};

#endif
