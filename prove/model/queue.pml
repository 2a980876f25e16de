/*
 * The protocol by which a delivery becomes effects, each exactly once: inbox, claim with token and lease, outbox, look
 * before repeating, recovery. docs/model.md says which line of the code each part stands for.
 *
 * One unit of time is five seconds. WORKERS is 1 for what runs today (one process at a time holds the database, lives
 * follow each other) and 2 for two processes beside each other. Every macro that begins with E_ is an error made on
 * purpose; the proof compiles the model with one of them at a time and expects it to be found.
 */

#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef FAULTS
#define FAULTS 3
#endif

/* src/queue/pump.ts, leaseMs: 60 s. */
#define LEASE 12
/* A call is given up after 10 s. */
#define CALL 2
/* A write may come through until the service's own limit of 60 s. */
#ifdef E_THE_SERVICE_IS_SLOWER_THAN_ITS_LIMIT
#define HORIZON 17
#else
#define HORIZON 12
#endif
/*
 * A reading may come from a replica, which lags behind by up to 60 s (max_replica_lag_time): until then each reading shows
 * what was written or does not, whatever the one before it showed.
 */
#ifdef E_A_REPLICA_LAGS_LONGER_THAN_ITS_LIMIT
#define LAG 15
#else
#define LAG 12
#endif
/* src/queue/attempt.ts, lookPausesMs: 5 s, 10 s, and 20 s before each of the others. */
#ifdef E_LOOKS_END_BEFORE_THE_HORIZON
#define PAUSE(looks) 1
#else
#define PAUSE(looks) ((looks) < 2 -> 1 << (looks) : 4)
#endif
#ifdef E_ONE_LOOK_IS_ENOUGH
#define LOOKS 1
#else
#ifdef E_LOOKS_END_BEFORE_THE_REPLICA_HAS_CAUGHT_UP
#define LOOKS 5
#else
#define LOOKS 8
#endif
#endif
#define SPARED (LOOKS - 1)

/* Two effects of one decision, in one lane. */
#define ENTRIES 2
/* No entry is called more often at the same time, or this model is too small: asserted. */
#define CALLS 3
#define NOBODY 0
/* The owner of a claim whose life is over. */
#define FORMER 255
#define NO_CALL 0
/* It never comes through, and nobody is told. */
#define LOST 200
#define isUnderWay(k, slot) (entry[k].call[slot] != NO_CALL && entry[k].call[slot] != LOST)
#define isDue(k, slot) (isUnderWay(k, slot) && entry[k].call[slot] > HORIZON)

/* Nothing has been written yet: what a variable is at the beginning. */
#define absent 0
mtype = { waiting, pending, in_flight, unknown, failed, done }

typedef Inbox { mtype status; byte token; byte by; byte lease }
typedef Entry {
  mtype status; byte token; byte by; byte lease;
  byte lookups; byte due; bool tried;
  /* What the service did: how often it wrote, and how long ago, up to what a replica may lag behind. */
  byte written; byte age;
  /* Calls that are under way in the service, by age, from 1; the worker may have given them up. */
  byte call[CALLS]
}

Inbox inbox;
Entry entry[ENTRIES];
bool acknowledged = false;
byte decided = 0;
byte faults = 0;
/* Of each worker: whether it does something that takes no time, whether it stands still, which call it waits for. */
bool busy[WORKERS];
bool paused[WORKERS];
byte waits[WORKERS];
byte waitsAge[WORKERS];
/* The token of the claim that each worker remembers. */
byte held[WORKERS];

/*
 * Tokens are compared and never counted: one that nobody remembers serves again, and states that differ by the number of their
 * claims alone are one.
 */
#if WORKERS > 1
#define isOther(one, free) (one.token != free && held[0] != free && held[1] != free)
#else
#define isOther(one, free) (one.token != free && held[0] != free)
#endif
inline renewToken(one) {
  if
  :: isOther(one, 1) -> one.token = 1
  :: else ->
    if
    :: isOther(one, 2) -> one.token = 2
    :: else -> if :: isOther(one, 3) -> one.token = 3 :: else -> one.token = 4 fi
    fi
  fi
}

/* Where one process holds the database nobody else asks for how long an entry of the outbox is held. */
#if WORKERS > 1
#define HOLD(k) entry[k].lease = LEASE
#define renewsEntry(k) renews(entry[k])
#else
#define HOLD(k) skip
#define renewsEntry(k) skip
#endif

#define mayFail (faults < FAULTS)
#define fail faults++
#define isReady(k) ((entry[k].status == pending || entry[k].status == unknown) && entry[k].due == 0 && before(k))
#ifdef E_A_LATER_EFFECT_DOES_NOT_WAIT
#define before(k) true
#else
#define before(k) (k == 0 || entry[0].status == done)
#endif
#ifdef E_UNKNOWN_IS_LEFT_ALONE
#undef isReady
#define isReady(k) (entry[k].status == pending && entry[k].due == 0 && before(k))
#endif
#ifdef E_A_CLAIM_IS_HELD_FOR_EVER
#define isFree(one) (one.by == NOBODY)
#else
#define isFree(one) (one.by == NOBODY || one.lease == 0)
#endif

/* The transaction in which the decision is committed: audit and outbox, all or nothing. */
inline decide() {
  decided++;
  entry[0].status = pending;
  entry[1].status = pending
}

/* Nothing that was done is ever undone or done again in the books. */
inline settled(k, to) {
  assert(entry[k].status != done);
  entry[k].status = to;
  /* Nobody looks for it any more. */
  if :: to == done -> entry[k].age = LAG; entry[k].lookups = 0 :: else fi;
  entry[k].by = NOBODY;
  entry[k].lease = 0
}

#ifdef E_RESULT_WITHOUT_FENCE
#define holds(k) true
#else
#define holds(k) (entry[k].token == held[me])
#endif

#ifdef E_NOTHING_IS_TAKEN_OVER
#define mayTakeOver(k) false
#else
#if WORKERS == 1
#define mayTakeOver(k) (entry[k].status == in_flight)
#else
#define mayTakeOver(k) (entry[k].status == in_flight && entry[k].lease == 0)
#endif
#endif

/* What a new process does with what others had begun: the outcome is not known, the looks begin anew. */
inline takeOver(k) {
#ifdef E_TAKEN_OVER_AS_NOT_DONE
  entry[k].status = pending;
#else
  entry[k].status = unknown;
#endif
  renewToken(entry[k]);
#ifndef E_TAKEN_OVER_WITH_OLD_LOOKS
  entry[k].lookups = 0;
#endif
  entry[k].by = NOBODY;
  entry[k].lease = 0;
  entry[k].due = 0
}

/* Killed at this very instant, with all that it knew; the calls that it made go on in the service. */
#define MAY_BE_KILLED if :: mayFail -> goto killed :: true fi

active [WORKERS] proctype Worker() {
  byte me = _pid;
  byte k, looks, slot;
  bool wasTried, isSeen;
  mtype was;

start:
  busy[me] = true;
  d_step {
    k = 0;
    do
    :: k < ENTRIES ->
      if :: mayTakeOver(k) -> takeOver(k) :: else fi;
      k++
    :: else -> break
    od;
    k = 0; held[me] = 0; looks = 0; slot = 0; wasTried = false; isSeen = false; was = absent;
    busy[me] = false
  }

end_idle:
  do
  /* src/queue/inbox-loop.ts */
  :: atomic {
      !paused[me] && inbox.status == waiting && isFree(inbox) ->
      busy[me] = true;
      renewToken(inbox); inbox.by = me + 1; inbox.lease = LEASE; held[me] = inbox.token
    }
    MAY_BE_KILLED;
#ifdef E_THE_INBOX_IS_MARKED_DONE_FIRST
    atomic { !paused[me]; if :: inbox.token == held[me] -> inbox.status = done :: else fi }
    MAY_BE_KILLED;
    atomic { !paused[me]; if :: inbox.token == held[me] -> decide() :: else fi }
#else
#ifdef E_THE_INBOX_IS_MARKED_DONE_LATER
    atomic { !paused[me]; if :: inbox.token == held[me] && inbox.status != done -> decide() :: else fi }
    MAY_BE_KILLED;
    atomic { !paused[me]; inbox.status = done }
#else
    atomic {
      !paused[me];
      if
#ifdef E_THE_INBOX_IS_SETTLED_WITHOUT_FENCE
      :: true -> inbox.status = done; decide()
#else
      :: inbox.token == held[me] && inbox.status != done -> inbox.status = done; decide()
      :: else
#endif
      fi
    }
#endif
#endif
    atomic { if :: inbox.by == me + 1 -> inbox.by = NOBODY; inbox.lease = 0 :: else fi; held[me] = 0; busy[me] = false }

#if WORKERS > 1
  /* What another has begun and not held on to. */
  :: d_step { !paused[me] && mayTakeOver(0) && entry[0].by != me + 1 -> takeOver(0) }
  :: d_step { !paused[me] && mayTakeOver(1) && entry[1].by != me + 1 -> takeOver(1) }
#endif

  /* src/queue/worker.ts: look for work, claim, attempt, settle. */
  :: atomic {
      !paused[me] && (isReady(0) || isReady(1)) ->
      busy[me] = true;
      if :: isReady(0) -> k = 0 :: else -> k = 1 fi;
      was = entry[k].status; looks = entry[k].lookups; wasTried = entry[k].tried;
#ifdef E_CLAIMED_AS_IT_WAS_READ
    }
    MAY_BE_KILLED;
    atomic {
      !paused[me];
#endif
      renewToken(entry[k]); held[me] = entry[k].token;
      entry[k].status = in_flight; entry[k].by = me + 1; HOLD(k); entry[k].tried = true
    }
    MAY_BE_KILLED;
#ifndef E_REPEATED_WITHOUT_A_LOOK
    if
    :: !wasTried -> goto send
    :: else
    fi;
    /* src/queue/attempt.ts, look */
    if
    :: atomic { !paused[me] && entry[k].age < LAG -> isSeen = false }
    :: atomic { !paused[me] && entry[k].written > 0 -> isSeen = true }
    :: atomic { !paused[me] && mayFail -> fail };
      /* The look is refused for good: a person may try again. What is open stays so. */
      atomic {
        if
        :: holds(k) ->
#ifdef E_A_REFUSED_LOOK_COUNTS_AS_CERTAIN
          entry[k].lookups = SPARED;
#else
          if :: was == unknown -> entry[k].lookups = looks :: else -> entry[k].lookups = SPARED fi;
#endif
          settled(k, failed)
        :: else
        fi
      };
      goto rest
    fi;
    MAY_BE_KILLED;
    if
    :: isSeen ->
      atomic { !paused[me]; if :: holds(k) -> settled(k, done) :: else fi };
      goto rest
    :: !isSeen && was == unknown && looks + 1 < LOOKS ->
      atomic {
        !paused[me];
        if
        :: holds(k) -> entry[k].lookups = looks + 1; entry[k].due = PAUSE(looks + 1); settled(k, unknown)
        :: else
        fi
      };
      goto rest
    :: else
    fi;
#endif

send:
    MAY_BE_KILLED;
    atomic {
      !paused[me];
      if
#ifndef E_SENT_AFTER_THE_LEASE
#if WORKERS > 1
      /* Whoever stood still looks whether it still holds what it is about to do. */
      :: !(entry[k].token == held[me] && entry[k].lease > 0) -> goto rest
#endif
#endif
      :: else ->
        /* In order: nothing goes out before what stands before it. */
        assert(k == 0 || entry[0].written > 0);
        slot = 0;
        do :: slot < CALLS && entry[k].call[slot] != NO_CALL -> slot++ :: else -> break od;
        assert(slot < CALLS);
        if :: entry[k].call[slot] = 1 :: mayFail -> fail; entry[k].call[slot] = LOST fi;
        waits[me] = k + 1; waitsAge[me] = 0; busy[me] = false
      fi
    }
    if
    :: atomic { mayFail -> goto killed }
    /* The answer came: it is written. */
    :: atomic { !paused[me] && entry[k].call[slot] == NO_CALL -> waits[me] = 0; busy[me] = true };
      MAY_BE_KILLED;
      atomic { !paused[me]; if :: holds(k) -> settled(k, done) :: else fi }
    /* Refused, certainly without effect: later, or for good. */
    :: atomic {
        !paused[me] && isUnderWay(k, slot) && mayFail && waitsAge[me] < CALL ->
        fail; entry[k].call[slot] = NO_CALL; waits[me] = 0; busy[me] = true
      };
      MAY_BE_KILLED;
      atomic {
        !paused[me];
        if
        :: holds(k) -> if :: settled(k, pending) :: entry[k].lookups = SPARED; settled(k, failed) fi
        :: else
        fi
      }
    /* No answer within the limit of a call: nobody knows. */
    :: atomic { !paused[me] && waitsAge[me] >= CALL && entry[k].call[slot] != NO_CALL ->
        if :: entry[k].call[slot] == LOST -> entry[k].call[slot] = NO_CALL :: else fi;
        waits[me] = 0; busy[me] = true
      };
      MAY_BE_KILLED;
      atomic {
        !paused[me];
        if
        :: holds(k) ->
#ifdef E_NO_ANSWER_COUNTS_AS_NOT_DONE
          settled(k, pending)
#else
#ifdef E_NO_ANSWER_COUNTS_AS_DONE
          settled(k, done)
#else
          entry[k].lookups = 0; entry[k].due = PAUSE(0); settled(k, unknown)
#endif
#endif
        :: else
        fi
      }
    fi;
rest:
    atomic { held[me] = 0; looks = 0; slot = 0; wasTried = false; isSeen = false; was = absent; k = 0; waits[me] = 0; waitsAge[me] = 0; busy[me] = false }
  od;

killed:
  atomic {
    fail;
    if :: inbox.by == me + 1 -> inbox.by = FORMER :: else fi;
    if :: entry[0].by == me + 1 -> entry[0].by = FORMER :: else fi;
    if :: entry[1].by == me + 1 -> entry[1].by = FORMER :: else fi;
    if :: waits[me] != 0 && entry[k].call[slot] == LOST -> entry[k].call[slot] = NO_CALL :: else fi;
    waits[me] = 0; waitsAge[me] = 0; paused[me] = false
  }
  goto start
}

/* Whoever delivers: at least once, and again until it is acknowledged. */
active proctype Sender() {
  byte again = 0;
  do
  :: again < 2 ->
#ifdef E_ACKNOWLEDGED_BEFORE_IT_IS_STORED
    acknowledged = true;
    if :: mayFail -> fail; break :: true fi;
#endif
    atomic {
      if
#ifdef E_A_DELIVERY_IS_TAKEN_TWICE
      :: true -> inbox.status = waiting
#else
      :: inbox.status == absent -> inbox.status = waiting
      :: else
#endif
      fi
    }
    /* The process may end between the commit and the answer; it is delivered again then, or not at all. */
    if :: acknowledged = true :: mayFail -> fail fi;
    again++
  :: true -> break
  od
}

/* No requester gets the same e-mail twice. */
#define COMES_THROUGH(k, slot) \
  d_step { isUnderWay(k, slot) -> \
    entry[k].call[slot] = NO_CALL; entry[k].written++; assert(entry[k].written == 1) }

/* A call comes through at any time until the horizon. */
active proctype Service() {
end_service:
  do
  :: COMES_THROUGH(0, 0)
  :: COMES_THROUGH(0, 1)
  :: COMES_THROUGH(0, 2)
  :: COMES_THROUGH(1, 0)
  :: COMES_THROUGH(1, 1)
  :: COMES_THROUGH(1, 2)
  od
}

/* A process stands still, and goes on. */
active proctype Machine() {
end_machine:
  do
  :: atomic { mayFail && !paused[0] -> fail; paused[0] = true }
  :: atomic { paused[0] -> paused[0] = false }
#if WORKERS > 1
  :: atomic { mayFail && !paused[1] -> fail; paused[1] = true }
  :: atomic { paused[1] -> paused[1] = false }
#endif
  od
}

#ifdef E_TRY_AGAIN_FORGETS_WHAT_IS_OPEN
#define AGAIN pending
#else
#define AGAIN unknown
#endif

/* Try Again: src/inbox/handle-effects.ts */
active proctype Person() {
end_person:
  do
  :: d_step { entry[0].status == failed -> entry[0].status = AGAIN; entry[0].due = 0 }
  :: d_step { entry[1].status == failed -> entry[1].status = AGAIN; entry[1].due = 0 }
  od
}

#define isAtRest(w) (!busy[w] || paused[w])
#define isUrgent(w) (waits[w] != 0 && waitsAge[w] >= CALL && !paused[w])

inline passes(one) {
  if :: one.lease > 0 -> one.lease-- :: else fi
}

inline renews(one) {
  if
  :: one.by != NOBODY && one.by != FORMER && one.lease <= LEASE / 2 ->
    if :: !paused[one.by - 1] -> one.lease = LEASE :: else fi
  :: else
  fi
}

/* Five seconds pass. Steps of a process that does not stand still take no time; waiting does. */
active proctype Time() {
  byte k, slot;
end_time:
  do
  :: d_step {
      /* An outer bracket: Spin's grammar ends a condition that begins with one where that is closed. */
      ((isAtRest(0) && !isUrgent(0))
#if WORKERS > 1
      && (isAtRest(1) && !isUrgent(1))
#endif
      && !isDue(0, 0) && !isDue(0, 1) && !isDue(0, 2) && !isDue(1, 0) && !isDue(1, 1) && !isDue(1, 2)
      && (inbox.lease > 0 || entry[0].lease > 0 || entry[1].lease > 0 || entry[0].due > 0 || entry[1].due > 0
          || waits[0] != 0
#if WORKERS > 1
          || waits[1] != 0
#endif
          )) ->
      renews(inbox); passes(inbox);
      k = 0;
      do
      :: k < ENTRIES ->
        renewsEntry(k); passes(entry[k]);
        if :: entry[k].due > 0 -> entry[k].due-- :: else fi;
        if :: entry[k].written > 0 && entry[k].age < LAG -> entry[k].age++ :: else fi;
        slot = 0;
        do
        :: slot < CALLS ->
          if :: isUnderWay(k, slot) -> entry[k].call[slot]++ :: else fi;
          slot++
        :: else -> break
        od;
        k++
      :: else -> break
      od;
      k = 0; slot = 0;
      if :: waits[0] != 0 && waitsAge[0] < CALL -> waitsAge[0]++ :: else fi;
#if WORKERS > 1
      if :: waits[1] != 0 && waitsAge[1] < CALL -> waitsAge[1]++ :: else fi;
#endif
    }
  od
}

/* When nothing moves any more, all that was acknowledged has been done, once. */
active proctype Judge() {
  timeout;
  assert(!acknowledged || (decided == 1 && entry[0].status == done && entry[1].status == done));
  assert(decided <= 1);
  assert(entry[0].status != done || entry[0].written == 1);
  assert(entry[1].status != done || entry[1].written == 1)
}
