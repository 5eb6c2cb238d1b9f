/*
 * Sending, as twofa-sendpin does it: how many messages leave, whatever is
 * killed at whatever step and run again, and whatever runs beside it.
 *
 * A process is one copy of one task. A run of it is
 *
 *	ledger_begin, ledger_find_send, [ledger_forbids, ledger_intend],
 *	ledger_commit; sender_send; ledger_begin, ledger_note_outcome,
 *	ledger_commit; the task comes out
 *
 * A transaction is one atomic step: nobody else decides meanwhile (ledger.h,
 * MUST 2), and killed before ledger_commit() has returned it has not been. What
 * has left is on the wire also when its sender is dead or has stopped waiting.
 *
 * Rules that at most one message needs, beside the order of the steps:
 *  1. "Not taken" is believed only of a request that one run alone has handed
 *     over since it was last known not to be taken: a service may say so of an
 *     id that it took earlier. So whoever repeats an intent notes that it is
 *     unknown, and ledger_note_outcome() takes LEDGER_RETRY only for an intent.
 *  2. LEDGER_SENT is final; what another run heard later changes nothing.
 *  3. When a resend was not taken and its id has become too old, the same PIN
 *     goes out under a new id: a new PIN would replace one that was delivered.
 *  4. Once the PIN is used nothing is sent again, an open intent included.
 *  5. A request leaves, and is over, while the service still knows its id: see
 *     MAY_BE_FORGOTTEN.
 *
 * The macros in run.sh break one rule each.
 */
#ifndef SENDERS
#define SENDERS 2 /* copies of the task, each with a plain run */
#endif
#ifndef RESENDERS
#define RESENDERS 0 /* further copies, each asking for a resend */
#endif
#ifndef CRASHES
#define CRASHES 2 /* in all */
#endif
#ifndef AGAIN
#define AGAIN 1 /* runs of an old copy after an answer, in all */
#endif
#ifndef SERVICES
#define SERVICES 1
#endif
#ifndef REPEATS
#define REPEATS 1 /* bit s: service s takes a message of one id once */
#endif

#define PROCS (SENDERS + RESENDERS)
#define MAX (PROCS + CRASHES + AGAIN) /* runs, so ids and PINs */
#if PROCS > 3 || MAX > 8
#error "services, clock and MAY_BE_FORGOTTEN() know of 3 processes and 8 runs"
#endif
#define AT(s, i) ((s) * (MAX + 1) + (i))
#define sender_repeats(s) ((REPEATS >> (s)) & 1)

/* enum ledger_state, sms_outcome */
#define NONE 0
#define INTENT 1
#define SENT 2
#define REJECTED 3
#define RETRY 4
#define UNKNOWN 5

/* Age of a request, since ledger_pin.requested_s. */
#define FRESH 0 /* below LEDGER_COOL_DOWN_S */
#define YOUNG 1 /* below SMS_REPEAT_S */
#define OLD 2	/* the service still knows its id */
#define GONE 3	/* it does not */
#define YOUNGEST (RESENDERS > 0 -> FRESH : YOUNG) /* only they look at FRESH */
#define OLDEST (REPEATS != 0 -> GONE : OLD)

/* --- the ledger: what is durable about this task -------------------------- */
byte l_state;	/* ledger_pin.state, of the latest request */
byte l_pin;	/* .sealed; PINs have numbers here, 0 is none */
byte l_request; /* .request; ids are in the order in which they were drawn */
byte l_first;	/* .id, the PIN's first request */
byte l_service; /* .same_sender */
bit l_used;	/* .used */

/* --- the world ------------------------------------------------------------ */
byte ids, pins;		  /* drawn so far */
byte age[MAX + 1];	  /* of an id */
bit durable[MAX + 1];	  /* its intent is on the disk */
byte body[MAX + 1];	  /* the PIN in its message; the rest is constant */
bit taken[2 * (MAX + 1)]; /* a service has taken it */
byte wire[2 * (MAX + 1)]; /* under way, nobody waits for the answer */
byte arrived[MAX + 1];	  /* messages with that PIN */
byte messages;		  /* all of them */
byte asked;		  /* runs that asked for a resend */

byte hold[PROCS];    /* the id that this run hands over */
byte service[PROCS]; /* and to which service */
bit asking[PROCS];   /* it is on the wire */
byte answer[PROCS];  /* sms.outcome */
byte crashes, again;
hidden byte outcome;

/* --- what must hold ------------------------------------------------------- */
hidden byte at_most_one_message;
hidden byte intent_before_request;
hidden byte same_id_same_message;
hidden byte delivered_pin_is_in_ledger;
hidden byte sent_task_was_delivered;
hidden byte sent_task_can_be_verified;
hidden byte never_once_used;
hidden byte not_reached;

#define MUST(name, holds)                                                      \
	name = (holds);                                                        \
	assert(name)

/* Something that has to be possible, else the rest holds of nothing. */
#define REACHED(what) MUST(not_reached, !(what))

/* --- a service ------------------------------------------------------------ */
inline take(s, i)
{
	taken[AT(s, i)] = 1;
	messages++;
	arrived[body[i]]++;
	MUST(at_most_one_message, messages <= 1 + asked);
	MUST(delivered_pin_is_in_ledger, l_pin == body[i])
}

#define KNOWS(s, i) (sender_repeats(s) && taken[AT(s, i)] && age[i] < GONE)

/*
 * outcome: what the service says. "Not taken" is about this request alone: it
 * may be said of an id that it has taken, as when it is over its rate.
 */
inline judge(s, i)
{
	if
	:: KNOWS(s, i) -> outcome = SENT
	:: !KNOWS(s, i) -> take(s, i); outcome = SENT
	:: !KNOWS(s, i) -> take(s, i); outcome = UNKNOWN
	:: !KNOWS(s, i) -> outcome = REJECTED
	:: sender_repeats(s) -> outcome = RETRY
	:: outcome = UNKNOWN
	fi
}

/* Nobody waits for this one. */
inline judge_stray(s, i)
{
	wire[AT(s, i)]--;
	if
	:: !KNOWS(s, i) -> take(s, i)
	:: true
	fi
}

#define SERVE(p)                                                               \
	:: atomic { p < PROCS && asking[p] ->                                  \
		judge(service[p], hold[p]);                                    \
		asking[p] = 0; answer[p] = outcome; outcome = 0 }
#define STRAY(s, i)                                                            \
	:: atomic { i <= MAX && s < SERVICES && wire[AT(s, i)] > 0 ->          \
		judge_stray(s, i) }

active proctype services()
{
end:	do
	SERVE(0) SERVE(1) SERVE(2)
	STRAY(0, 1) STRAY(0, 2) STRAY(0, 3) STRAY(0, 4)
	STRAY(0, 5) STRAY(0, 6) STRAY(0, 7) STRAY(0, 8)
#if SERVICES > 1
	STRAY(1, 1) STRAY(1, 2) STRAY(1, 3) STRAY(1, 4)
	STRAY(1, 5) STRAY(1, 6) STRAY(1, 7) STRAY(1, 8)
#endif
	od
}

/* --- time ----------------------------------------------------------------- */

/*
 * What was decided below SMS_REPEAT_S is handed over, and is off the wire,
 * before a service forgets an id. This is a demand on the programs: the age is
 * to be looked at again when a request really leaves, after any waiting for a
 * rate, and sms_settings.time_allowed_ms is to end before the window does.
 */
#define HELD(p, i) (p < PROCS && hold[p] == i)
#ifdef LATE_HANDOVER
#define MAY_BE_FORGOTTEN(i) true
#else
#define MAY_BE_FORGOTTEN(i)                                                    \
	(!HELD(0, i) && !HELD(1, i) && !HELD(2, i) &&                          \
	    wire[AT(0, i)] == 0 && wire[AT(1, i)] == 0)
#endif

#define TICK(i)                                                                \
	:: d_step { i <= MAX && i <= ids && age[i] < OLDEST &&                 \
		(i == 1 || age[i - 1] > age[i]) &&                             \
		(age[i] < OLD || MAY_BE_FORGOTTEN(i)) -> age[i]++ }

active proctype clock()
{
end:	do
	TICK(1) TICK(2) TICK(3) TICK(4) TICK(5) TICK(6) TICK(7) TICK(8)
	od
}

/* Whoever has the message may verify the PIN: ledger_mark(). */
#if RESENDERS > 0
active proctype caller()
{
end:	d_step { messages > 0 -> l_used = 1 }
}
#endif

/* --- twofa-sendpin -------------------------------------------------------- */

/* May the latest request be sent again, under its id? */
#ifdef UNKNOWN_REPEATED
#define REPEATABLE(s) (age[l_request] < OLD)
#elif defined(REPEATED_LATE)
#define REPEATABLE(s) (sender_repeats(s) && s == l_service)
#elif defined(ANY_SENDER)
#define REPEATABLE(s) (sender_repeats(s) && age[l_request] < OLD)
#else
#define REPEATABLE(s)                                                          \
	(sender_repeats(s) && s == l_service && age[l_request] < OLD)
#endif

/* pin_draw(); what it replaces must be in nobody's hands. */
inline draw()
{
	MUST(delivered_pin_is_in_ledger, arrived[l_pin] == 0);
	pins++;
	pin = pins
}

/* uuid_draw(), ledger_intend(): a request with pin. */
inline intend()
{
	ids++;
	hold[me] = ids;
	age[ids] = YOUNGEST;
#ifndef INTENT_LATE
	if
	:: pin != l_pin -> l_first = ids
	:: else
	fi;
	l_pin = pin;
	l_request = ids;
	l_service = service[me];
	l_state = INTENT;
	durable[ids] = 1
#endif
}

/*
 * The latest request once more, byte for byte. INTENT means that one run alone
 * may have it under way, so that "not taken" can be believed; a second one
 * makes it UNKNOWN.
 */
inline repeat(state)
{
	pin = l_pin;
#ifdef NEW_PIN
	draw();
	l_pin = pin;
#endif
#ifdef NEW_ID
	intend();
#else
	hold[me] = l_request;
	l_state = state
#endif
}

/* The request was not taken, and its id is too old for another time. */
inline renew()
{
	if
#ifdef RESENT_PIN_REPLACED
	:: true -> draw()
#else
	:: l_first == l_request -> draw()
	:: l_first != l_request -> pin = l_pin /* an earlier one may have been */
#endif
	fi;
	intend()
}

#ifdef USED_REPEATED
#define USED false
#else
#define USED l_used
#endif

inline ledger_note_outcome(what)
{
#ifdef INTENT_LATE
	l_pin = pin;
	l_request = hold[me];
	l_service = service[me];
	durable[hold[me]] = 1;
	l_state = what;
#endif
	if
	:: hold[me] != l_request /* the history only */
	:: hold[me] == l_request && what == SENT -> l_state = SENT
	:: hold[me] == l_request && what == REJECTED && l_state != SENT ->
		l_state = REJECTED
#ifdef RETRY_BELIEVED
	:: hold[me] == l_request && what == RETRY && l_state != SENT &&
		l_state != REJECTED -> l_state = RETRY
#endif
#ifdef OUTCOME_OVERWRITES
	:: hold[me] == l_request && what == RETRY && l_state == SENT ->
		l_state = RETRY
#endif
	:: hold[me] == l_request && (what == RETRY || what == UNKNOWN) &&
		l_state == INTENT -> l_state = what
	:: else
	fi
}

/* SIGKILL; what has left stays on the wire. */
inline forget()
{
	if
	:: asking[me] -> wire[AT(service[me], hold[me])]++
	:: else
	fi;
	asking[me] = 0;
	hold[me] = 0;
	service[me] = 0;
	answer[me] = NONE;
	pin = 0
}

#define CRASH                                                                  \
	:: atomic { crashes < CRASHES -> crashes++; forget(); goto start }

proctype sendpin(byte me; bit resends)
{
	byte pin;
#ifdef RESEND_ONCE
	bit has_asked;
#endif

start:	/* ledger_begin, ledger_find_send, ..., ledger_commit */
	atomic {
		if
		:: service[me] = 0
		:: SERVICES > 1 -> service[me] = 1
		fi;
#ifdef RESEND_ONCE
		asked = asked + (resends && !has_asked);
		has_asked = 1;
#else
		asked = asked + resends;
#endif
		if
		:: l_state == NONE -> goto unanswered /* ledger_forbids */
		:: l_state == NONE -> draw(); intend()
		:: l_state != NONE && resends && !l_used &&
			age[l_request] > FRESH -> pin = l_pin; intend()
		:: l_state != NONE && !(resends && !l_used &&
			age[l_request] > FRESH) ->
			if
			:: l_state == SENT || USED -> goto recorded
			:: l_state == REJECTED && !USED -> goto unanswered
			:: (l_state == INTENT || l_state == UNKNOWN) && !USED &&
				REPEATABLE(service[me]) -> repeat(UNKNOWN)
			:: (l_state == INTENT || l_state == UNKNOWN) && !USED &&
				!REPEATABLE(service[me]) ->
				goto unanswered /* unknown-outcome */
			:: l_state == RETRY && !USED &&
				REPEATABLE(service[me]) -> repeat(INTENT)
			:: l_state == RETRY && !USED &&
				!REPEATABLE(service[me]) -> renew()
			:: l_state == RETRY && !USED &&
				!REPEATABLE(service[me]) ->
				goto unanswered /* ledger_forbids */
			fi
		fi;
		MUST(never_once_used, !l_used)
	}

	/* sender_send */
	if
	:: atomic {
		MUST(intent_before_request, durable[hold[me]]);
		MUST(same_id_same_message,
		    body[hold[me]] == 0 || body[hold[me]] == pin);
		body[hold[me]] = pin;
		asking[me] = 1
	   }
	:: atomic { answer[me] = RETRY } /* it never left */
	CRASH
	fi;

	/* Its answer; ledger_begin, ledger_note_outcome, ledger_commit */
	if
	:: atomic { !asking[me] -> ledger_note_outcome(answer[me]) }
	:: atomic { /* the time allowed is over */
		asking[me] -> asking[me] = 0;
		wire[AT(service[me], hold[me])]++;
		answer[me] = UNKNOWN;
		ledger_note_outcome(UNKNOWN)
	   }
	CRASH
	fi;

	/* The task comes out, outcome_apply */
	if
	:: atomic { answer[me] == SENT -> goto out }
	:: atomic { answer[me] != SENT -> goto unanswered }
	CRASH
	fi;

recorded:
#ifdef PIN_NOT_SEALED
	atomic { pins++; pin = pins; goto out }
#else
	atomic { pin = l_pin; goto out }
#endif

out:	/* SMSSent = Yes, GeneratedPIN = pin */
	atomic {
		MUST(sent_task_was_delivered, arrived[pin] > 0);
		MUST(sent_task_can_be_verified, l_pin == pin);
#ifdef REACH_SENT_AFTER_CRASHES
		REACHED(crashes == CRASHES);
#endif
#ifdef REACH_RENEWED
		REACHED(pins > 1);
#endif
#ifdef REACH_RESENT
		REACHED(messages == 1 + RESENDERS);
#endif
	}

unanswered: /* or rejected; an old copy of the task may be run again */
	atomic {
		forget();
		if
		:: again < AGAIN -> again++; goto start
		:: true
		fi
	}
}

init
{
	atomic {
		byte i;
		do
		:: i < PROCS -> run sendpin(i, i >= SENDERS); i++
		:: else -> break
		od;
		i = 0
	}
}
