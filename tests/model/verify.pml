/*
 * Verifying one PIN, as twofa-verify does it: how often it is compared and who
 * gets an OK, whatever is killed at whatever step and run again, and whatever
 * runs beside it.
 *
 * A process is one copy of a task with something keyed in. A run of it is
 *
 *	ledger_begin, ledger_find_pin, ledger_find_verdict, used? exhausted?
 *	expired?, compare, ledger_note_verdict, ledger_commit; the answer leaves
 *
 * A transaction holds the lock from ledger_begin to ledger_commit (ledger.h,
 * MUST 2); killed before ledger_commit() has returned it has not been.
 *
 * A comparison counts when its transaction was committed or its answer seen.
 * What was compared by a run that was killed before is known to nobody, and
 * may come on top (LOST_COUNTS). The clock is read in the transaction; read
 * before, a PIN lives longer by the time that the lock was waited for
 * (CLOCK_READ_EARLY).
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

/* --- the ledger: what is durable about this PIN --------------------------- */
bit locked; /* a transaction is open */
byte l_attempts;
bit l_used;
byte l_verdict[TRIES];

/* --- the world ------------------------------------------------------------ */
bit expired;
bit late[TRIES];     /* expired before there was a verdict */
byte compared;	     /* with a result that somebody learned or that counts */
bit charged[TRIES];  /* an attempt was used up, on the disk */
byte tries_charged;  /* how many of them */
byte won;	     /* the try that used the PIN up, plus 1 */
byte told[TRIES];    /* the answer that was seen */
byte winner;	     /* the entry that was told OK, plus 1 */
byte crashes, again;

/* --- what must hold ------------------------------------------------------- */
hidden byte comparisons_are_limited;
hidden byte one_entry_gets_ok;
hidden byte ok_is_for_the_right_pin;
hidden byte answered_is_charged;
hidden byte same_try_same_answer;
hidden byte right_pin_gets_ok;
hidden byte nothing_after_expiry;
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
	byte t;

end:	d_step {
		expired = 1;
		do
		:: t < TRIES -> late[t] = !charged[t]; t++
		:: else -> break
		od;
		t = 0
	}
}
#endif

/* --- twofa-verify --------------------------------------------------------- */
inline compare()
{
	MUST(nothing_after_expiry, !expired);
	compared++;
	MUST(comparisons_are_limited, compared <= ATTEMPTS);
	comparing = 1;
	result = (keyed == RIGHT -> OK : WRONG_PIN)
}

/* Any reason to compare nothing, in the order of design.md, section 5. */
#ifdef USED_UNCHECKED
#define IS_USED false
#else
#define IS_USED l_used
#endif
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
	:: IS_USED -> result = USED
	:: !IS_USED && l_attempts >= ATTEMPTS -> result = EXHAUSTED
	:: !IS_USED && l_attempts < ATTEMPTS && IS_EXPIRED -> result = EXPIRED
	:: else
	fi
}

/* The verdict of an earlier run of the very same try. */
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

inline charge()
{
	tries_charged = tries_charged + !charged[TRY(entry, keyed)];
	charged[TRY(entry, keyed)] = 1
}

inline note_use()
{
	l_verdict[TRY(entry, keyed)] = result;
	if
	:: result == OK -> l_used = 1;
		won = (won == 0 -> TRY(entry, keyed) + 1 : won)
	:: else
	fi;
	comparing = 0
}

inline ledger_note_verdict()
{
	l_attempts++;
	charge();
	note_use()
}

/* Why a right PIN may get another answer than OK. */
#define OTHERS_WON (won != 0 && won != TRY(entry, keyed) + 1)
#define OTHERS_CHARGED (tries_charged - charged[TRY(entry, keyed)])

inline tell()
{
	MUST(ok_is_for_the_right_pin, result != OK || keyed == RIGHT);
	MUST(answered_is_charged, (result != OK && result != WRONG_PIN) ||
		charged[TRY(entry, keyed)]);
	MUST(one_entry_gets_ok,
	    result != OK || winner == 0 || winner == entry + 1);
	MUST(same_try_same_answer, told[TRY(entry, keyed)] == NOTHING ||
		told[TRY(entry, keyed)] == result);
	MUST(right_pin_gets_ok, result == OK || keyed != RIGHT || OTHERS_WON ||
		OTHERS_CHARGED >= ATTEMPTS || late[TRY(entry, keyed)]);
	told[TRY(entry, keyed)] = result;
	winner = (result == OK -> entry + 1 : winner)
}

/* SIGKILL: what was compared and not noted is known to nobody. */
inline forget()
{
	if
	:: holding -> locked = 0
	:: else
	fi;
#ifndef LOST_COUNTS
	compared = compared - comparing;
#endif
	comparing = 0;
	holding = 0;
	result = NOTHING
}

#define CRASH                                                                  \
	:: atomic { crashes < CRASHES -> crashes++; forget(); goto start }

proctype verify(byte me)
{
	byte entry, result;
	bit keyed, comparing, holding;
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
	/* ledger_begin, ledger_find_pin, ledger_find_verdict, compare */
	atomic {
		!locked -> locked = 1;
		holding = 1;
		result = VERDICT;
		if
		:: result == NOTHING -> refuse()
		:: else
		fi;
		if
		:: result != NOTHING -> goto decided
		:: else
		fi;
#ifdef CHARGE_FIRST
		l_attempts++;
		charge();
		locked = 0;
		holding = 0
#elif defined(READ_COMPARE_WRITE)
		seen = l_attempts;
		locked = 0;
		holding = 0;
		compare()
#elif defined(CHARGE_AFTER)
		locked = 0;
		holding = 0;
		compare()
#else
		compare()
#endif
	}

	/* ledger_note_verdict, ledger_commit */
	if
#ifdef CHARGE_FIRST
	:: atomic { !locked -> compare(); note_use(); goto leave }
#elif defined(READ_COMPARE_WRITE)
	:: atomic { !locked -> ledger_note_verdict(); l_attempts = seen + 1;
		goto leave }
#elif defined(CHARGE_AFTER)
	:: atomic { !locked -> ledger_note_verdict(); goto leave }
#elif defined(ANSWER_FIRST)
	:: atomic { tell(); ledger_note_verdict(); goto decided }
#else
	:: atomic { ledger_note_verdict(); goto decided }
#endif
	CRASH
	fi;

decided:
	atomic {
		if
		:: holding -> locked = 0
		:: else
		fi;
		holding = 0
	}

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
