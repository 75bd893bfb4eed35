/*
 * What the shim shares with the test that loaded it, and what it leaves behind for the tool that
 * cuts the power. `faulty-disk.ts` and `write-log.ts` have the same layouts.
 */
#include <stdint.h>

enum call { CALL_OPEN, CALL_READ, CALL_WRITE, CALL_SYNC, CALL_TRUNCATE, CALL_UNLINK, CALL_RENAME, CALLS };

/* Actions beside an errno, which is a number below these. */
enum action { ACTION_SHORT = 1001, ACTION_TORN_KILL = 1002, ACTION_KILL = 1003, ACTION_LIE = 1004 };

/* The control page: the shim counts in it, the test arms a fault in it, also while the program runs. */
struct control {
  uint64_t calls[CALLS];  /* calls on watched files so far, by kind */
  uint64_t struck;        /* calls that the fault has met */
  uint64_t struck_at;     /* when it met the first, in nanoseconds since the epoch */
  uint64_t fault_call;    /* which kind of call it meets */
  uint64_t fault_from;    /* the first of them, from 1 on, counted from when it was armed */
  uint64_t fault_until;   /* the first one after it that it spares; 0: none */
  uint64_t fault_seen;    /* calls of the kind, on such files, since it was armed */
  char fault_file[64];    /* how the paths of the files end that it meets; empty: all */
  uint64_t fault_action;  /* 0: no fault; written last */
};

enum record_kind {
  RECORD_WRITE = 1,    /* bytes of a file are about to change */
  RECORD_TRUNCATE,     /* the size of a file is about to change */
  RECORD_SYNC,         /* a file, or a folder's list of names, is on disk */
  RECORD_SYNC_FAILED,  /* the system may have dropped what it did not write, and says "written" next time */
  RECORD_CREATE,       /* a name is about to appear */
  RECORD_UNLINK,       /* a name is about to go; the file stays in the log's folder as kept-<process>-<serial> */
  RECORD_RENAME,       /* a name is about to be another; what that one named stays likewise */
  RECORD_MAKE_FOLDER   /* a folder is about to appear */
};

/* In front of each record. The path follows, for a rename the new one after it, then the old bytes. */
struct record {
  uint64_t kind;
  uint64_t inode;
  uint64_t size;         /* of the file, before */
  uint64_t offset;       /* of the old bytes; whole sectors, so that each can be put back by itself */
  uint64_t length;       /* of the stretch that changes */
  uint64_t kept;         /* old bytes that follow: less than `length` where the file ended */
  uint64_t process;
  uint64_t serial;       /* of the file that was kept; 0: none was */
  uint64_t path_length;
  uint64_t target_length;
};
