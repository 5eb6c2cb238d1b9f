/*
 * Verifying one PIN, as twofa-verify does it: how often it is compared and who
 * gets an OK, whatever is killed at whatever step and run again, and whatever
 * runs beside it.
 *
 * A process is one copy of a task with something keyed in. A run of it is
 *
 *	ledger_begin, ledger_find_pin, ledger_find_charge, used? exhausted?
 *	expired?, ledger_charge, ledger_commit; compare; if it is right
 *	ledger_begin, ledger_mark, ledger_commit; the answer leaves
 *
 * A transaction is one atomic step: nobody else decides meanwhile (ledger.h,
 * MUST 2); killed before ledger_commit() has returned, or when that fails, it
 * has not been, and there is no answer.
 *
 * Rules beside the order of the steps:
 *  1. What is compared is charged, on the disk: also what was compared by a run
 *     that was killed, and whose result nobody has seen.
 *  2. A charge that is found again is compared again, for nothing: the same
 *     digits tell nothing new.
 *  3. A mark looks again whether the PIN is used, and is given to a try that
 *     another process marked; what has expired meanwhile is not right.
 *  4. The clock is read in the transaction: see CLOCK_READ_EARLY.
 *
 * The macros in run.sh break one rule each.
 */
#ifndef VERIFIERS
#define VERIFIERS 3
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 2 /* ledger_pin.max_attempts */
#endif
#ifndef CRASHES
#define CRASHES 2 /* in all */
#endif
#ifndef AGAIN
#define AGAIN 1 /* runs of an old copy after an answer, in all */
#endif
#ifndef EXPIRES
#define EXPIRES 1 /* 0: there is time for all */
#endif

#ifndef ALL_WRONG
#define ALL_WRONG 0 /* nobody knows the PIN */
#endif

#define RIGHT 0
#define WRONG 1

/* A ledger_try: PINEntry and what was keyed. */
#define TRY(entry, keyed) (2 * (entry) + (keyed))
#define TRIES (2 * VERIFIERS)

/* Answers; OK and WRONG_PIN are verdicts, the others cost nothing. */
#define NOTHING 0
#define OK 1
#define WRONG_PIN 2
#define USED 3
#define EXHAUSTED 4
#define EXPIRED 5
#define CHARGED 6 /* in the ledger: wrong, or not marked yet */

/* --- the ledger: what is durable about this PIN --------------------------- */
byte l_attempts;
bit l_used;
byte l_verdict[TRIES];

/* --- the world ------------------------------------------------------------ */
bit expired;
byte compared;	     /* tries, whatever became of the result */
bit tried[TRIES];    /* it was one of them */
bit charged[TRIES];  /* an attempt was used up, on the disk */
byte tries_charged;  /* how many of them */
byte won;	     /* the try that used the PIN up, plus 1 */
byte told[TRIES];    /* the verdict that was seen, until it expires */
byte winner;	     /* the entry that was told OK, plus 1 */
byte crashes, again;

/* --- what must hold ------------------------------------------------------- */
hidden byte comparisons_are_limited;
hidden byte one_entry_gets_ok;
hidden byte ok_is_for_the_right_pin;
hidden byte answered_is_charged;
hidden byte ok_is_marked;
hidden byte same_try_same_answer;
hidden byte right_pin_gets_ok;
hidden byte nothing_after_expiry;
hidden byte compared_is_charged;
hidden byte not_reached;

#define MUST(name, holds)                                                      \
	name = (holds);                                                        \
	assert(name)

/* Something that has to be possible, else the rest holds of nothing. */
#define REACHED(what) MUST(not_reached, !(what))

/* --- time ----------------------------------------------------------------- */
#if EXPIRES
active proctype clock()
{
end:	d_step { expired = 1 }
}
#endif

/* --- twofa-verify --------------------------------------------------------- */

/* Each digits at each prompt once: the same again tells nothing. */
inline compare()
{
	MUST(compared_is_charged, charged[TRY(entry, keyed)]);
#ifdef NO_VERDICT_STORE
	compared++;
#else
	compared = compared + !tried[TRY(entry, keyed)];
#endif
	tried[TRY(entry, keyed)] = 1;
	MUST(comparisons_are_limited, compared <= ATTEMPTS);
	result = (keyed == RIGHT -> OK : WRONG_PIN)
}

/* Any reason to compare nothing, in the order of design.md, section 5. */
#ifdef EXPIRY_UNCHECKED
#define IS_EXPIRED false
#elif defined(CLOCK_READ_EARLY)
#define IS_EXPIRED was_expired
#else
#define IS_EXPIRED expired
#endif

inline refuse()
{
	if
	:: l_used -> result = USED
	:: !l_used && l_attempts >= ATTEMPTS -> result = EXHAUSTED
	:: !l_used && l_attempts < ATTEMPTS && IS_EXPIRED -> result = EXPIRED
	:: else
	fi
}

/* What the ledger has of an earlier run of the very same try. */
#ifdef NO_VERDICT_STORE
#define VERDICT NOTHING
#elif defined(VERDICT_BY_ENTRY)
#define VERDICT                                                                \
	(l_verdict[TRY(entry, RIGHT)] != NOTHING ->                            \
		    l_verdict[TRY(entry, RIGHT)] :                             \
		    l_verdict[TRY(entry, WRONG)])
#else
#define VERDICT l_verdict[TRY(entry, keyed)]
#endif

inline ledger_charge()
{
	MUST(nothing_after_expiry, !expired);
#ifdef READ_COMPARE_WRITE
	l_attempts = seen + 1;
#else
	l_attempts++;
#endif
	tries_charged = tries_charged + !charged[TRY(entry, keyed)];
	charged[TRY(entry, keyed)] = 1;
#ifndef NO_VERDICT_STORE
	l_verdict[TRY(entry, keyed)] = CHARGED
#endif
}

/* Why a mark comes too late. */
#ifdef USED_UNCHECKED
#define IS_TAKEN false
#else
#define IS_TAKEN l_used
#endif

inline ledger_mark()
{
	if
#ifndef MARKED_UNCHECKED
	:: VERDICT == OK
#endif
	:: VERDICT != OK && IS_TAKEN -> result = USED
	:: VERDICT != OK && !IS_TAKEN && expired -> result = EXPIRED
	:: VERDICT != OK && !IS_TAKEN && !expired ->
		l_used = 1;
#ifndef NO_VERDICT_STORE
		l_verdict[TRY(entry, keyed)] = OK;
#endif
		won = (won == 0 -> TRY(entry, keyed) + 1 : won)
#ifdef MARKED_UNCHECKED
	:: VERDICT == OK -> result = USED
#endif
	fi
}

/* Why a right PIN may get another answer than OK. */
#define OTHERS_WON (won != 0 && won != TRY(entry, keyed) + 1)
#define OTHERS_CHARGED (tries_charged - charged[TRY(entry, keyed)])

inline tell()
{
	MUST(ok_is_for_the_right_pin, result != OK || keyed == RIGHT);
	MUST(answered_is_charged, (result != OK && result != WRONG_PIN) ||
		charged[TRY(entry, keyed)]);
	MUST(ok_is_marked, result != OK || l_used);
	MUST(one_entry_gets_ok,
	    result != OK || winner == 0 || winner == entry + 1);
	MUST(same_try_same_answer, told[TRY(entry, keyed)] == NOTHING ||
		told[TRY(entry, keyed)] == result || expired);
	MUST(right_pin_gets_ok, result == OK || keyed != RIGHT || OTHERS_WON ||
		OTHERS_CHARGED >= ATTEMPTS || expired);
	told[TRY(entry, keyed)] = (result == OK || result == WRONG_PIN ->
		result : told[TRY(entry, keyed)]);
	winner = (result == OK -> entry + 1 : winner)
}

/* SIGKILL, or a transaction that fails: there is no answer. */
#define CRASH                                                                  \
	:: atomic { crashes < CRASHES -> crashes++; result = NOTHING;          \
		goto start }

proctype verify(byte me)
{
	byte entry, result;
	bit keyed;
#ifdef CLOCK_READ_EARLY
	bit was_expired;
#endif
#ifdef READ_COMPARE_WRITE
	byte seen;
#endif

	/* Its own PINEntry, or that of the one before; any digits. */
	atomic {
		if
		:: entry = me
		:: me > 0 -> entry = me - 1
		fi;
		if
		:: !ALL_WRONG -> keyed = RIGHT
		:: keyed = WRONG
		fi
	}

start:
#ifdef CLOCK_READ_EARLY
	was_expired = expired;
#endif
	/* ledger_begin, ledger_find_pin, ledger_find_charge, ledger_charge,
	 * ledger_commit */
	atomic {
		result = VERDICT;
		if
		:: result == CHARGED && IS_EXPIRED -> result = NOTHING; refuse()
		:: result == OK && IS_EXPIRED -> result = USED
		:: result == NOTHING -> refuse()
		:: else
		fi;
		if
		:: result == NOTHING -> skip
		:: result == CHARGED -> goto charged_before
		:: else -> goto leave
		fi;
#ifdef COMPARE_FIRST
		compare();
		if
		:: ledger_charge()
		:: result = NOTHING; goto start /* no room */
		fi;
		goto marking
#elif defined(READ_COMPARE_WRITE)
		seen = l_attempts
#elif defined(CHARGE_LATE)
		skip
#else
		ledger_charge()
#endif
	}

#ifdef READ_COMPARE_WRITE
	atomic { ledger_charge() }
#endif

charged_before:
	if
	:: atomic { compare() }
	CRASH
	fi;
#ifdef CHARGE_LATE
	atomic { ledger_charge() }
#endif

marking:
	if
	:: result != OK
#ifdef ANSWER_FIRST
	:: atomic { result == OK -> tell(); ledger_mark() }
#else
	:: atomic { result == OK -> ledger_mark() }
#endif
	CRASH
	fi;

leave:	/* the answer leaves, verdict_apply */
	if
	:: atomic {
		tell();
#ifdef REACH_OK_AFTER_CRASHES
		REACHED(result == OK && crashes == CRASHES);
#endif
#ifdef REACH_EXPIRED
		REACHED(result == EXPIRED);
#endif
#ifdef REACH_EXHAUSTED
		REACHED(result == EXHAUSTED && compared == ATTEMPTS);
#endif
#ifdef REACH_USED
		REACHED(result == USED);
#endif
#ifdef REACH_LOST_RACE
		REACHED(result == USED && tried[TRY(entry, keyed)]);
#endif
		result = NOTHING;
		if
		:: again < AGAIN -> again++; goto start
		:: true
		fi
	   }
	CRASH
	fi
}

init
{
	atomic {
		byte i;
		do
		:: i < VERIFIERS -> run verify(i); i++
		:: else -> break
		od;
		i = 0
	}
}
