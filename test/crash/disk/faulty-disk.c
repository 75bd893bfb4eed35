/*
 * A disk that fails, as a library to be loaded before libc (LD_PRELOAD). It stands between a program and
 * its files below one folder: it counts the calls, lets chosen ones fail, and keeps what they overwrite
 * until it is synced, so that the state a power cut leaves can be made afterwards.
 *
 *   FAULTY_DISK_CONTROL  file with a `struct control`; without it the library does nothing
 *   FAULTY_DISK_DIR      the folder; AGENT_BUS_DATA_DIR where it is not set
 *   FAULTY_DISK_LOG      folder for the log of writes and the files it keeps; without it there is no log
 *
 * Everything is behind one lock: the log has to have the order in which things happened.
 */
#define _GNU_SOURCE
#include "faulty-disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 512
#define MAX_FILES 65536

/* The function that this library hides. */
#define REAL(name) ((__typeof__(&name))real_function(#name))

static struct control *control;
static const char *watched_dir;
static const char *log_dir;
static int log_file = -1;
static uint64_t serial;
static char *path_of[MAX_FILES]; /* by file descriptor; NULL: not watched */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real_function(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) abort();
  return function;
}

static void give_up(const char *why) {
  dprintf(2, "faulty-disk: %s: %s\n", why, strerror(errno));
  abort();
}

__attribute__((constructor)) static void load(void) {
  const char *file = getenv("FAULTY_DISK_CONTROL");
  watched_dir = getenv("FAULTY_DISK_DIR");
  if (watched_dir == NULL) watched_dir = getenv("AGENT_BUS_DATA_DIR");
  if (file == NULL || watched_dir == NULL) return;
  int fd = REAL(open)(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) give_up(file);
  void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) give_up(file);
  REAL(close)(fd);
  log_dir = getenv("FAULTY_DISK_LOG");
  control = page;
}

static int is_watched(const char *path) {
  if (control == NULL) return 0;
  size_t length = strlen(watched_dir);
  return strncmp(path, watched_dir, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static const char *watched_path(int fd) {
  return control != NULL && fd >= 0 && fd < MAX_FILES ? path_of[fd] : NULL;
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Counts a call and says what is to become of it: 0, an errno or an action. */
static uint64_t meet(enum call call, const char *path) {
  control->calls[call]++;
  uint64_t action = __atomic_load_n(&control->fault_action, __ATOMIC_ACQUIRE);
  if (action == 0 || control->fault_call != (uint64_t)call || !ends_with(path, control->fault_file)) return 0;
  uint64_t number = ++control->fault_seen;
  if (number < control->fault_from) return 0;
  if (control->fault_until != 0 && number >= control->fault_until) return 0;
  if (control->struck++ == 0) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    control->struck_at = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  }
  if (action == ACTION_KILL) kill(getpid(), SIGKILL);
  return action;
}

/* Whether a call is to fail; errno says with what. */
static int fails(enum call call, const char *path) {
  uint64_t action = meet(call, path);
  if (action == 0 || action >= ACTION_SHORT) return 0;
  errno = (int)action;
  return 1;
}

/* ---- the log of what is not synced ---- */

/* The index of the WAL is mapped into memory, made anew after each crash, and never relied on. */
static int is_logged(const char *path) {
  return log_dir != NULL && !ends_with(path, "-shm");
}

static void append(struct record record, const char *path, const char *target, const void *old) {
  if (log_file < 0) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/log", log_dir);
    log_file = REAL(open)(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0) give_up(name);
  }
  record.path_length = strlen(path);
  record.target_length = target == NULL ? 0 : strlen(target);
  struct iovec parts[] = {{&record, sizeof record},
                          {(void *)path, record.path_length},
                          {(void *)target, record.target_length},
                          {(void *)old, record.kept}};
  size_t length = sizeof record + record.path_length + record.target_length + record.kept;
  if (REAL(writev)(log_file, parts, 4) != (ssize_t)length) give_up("log");
}

/* Reads what is there through a descriptor that may be for writing alone; such ones have no locks to lose. */
static ssize_t read_old(int fd, void *buffer, size_t length, off_t offset) {
  ssize_t count = REAL(pread64)(fd, buffer, length, offset);
  if (count >= 0 || errno != EBADF) return count;
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  int reader = REAL(open)(name, O_RDONLY | O_CLOEXEC);
  if (reader < 0) return -1;
  count = REAL(pread64)(reader, buffer, length, offset);
  REAL(close)(reader);
  return count;
}

/* Keeps the sectors that a change of [from, until) touches. */
static void keep_old(enum record_kind kind, int fd, off_t from, off_t until) {
  struct stat file;
  const char *path = path_of[fd];
  if (!is_logged(path) || fstat(fd, &file) != 0) return;
  struct record record = {.kind = kind, .inode = file.st_ino, .size = (uint64_t)file.st_size};
  record.offset = (uint64_t)from / SECTOR * SECTOR;
  record.length = ((uint64_t)until + SECTOR - 1) / SECTOR * SECTOR - record.offset;
  void *old = malloc(record.length + 1);
  ssize_t count = old == NULL ? -1 : read_old(fd, old, record.length, (off_t)record.offset);
  if (count < 0) give_up(path);
  record.kept = (uint64_t)count;
  append(record, path, NULL, old);
  free(old);
}

static void note_size(int fd, off_t size) {
  struct stat file;
  if (fstat(fd, &file) != 0) return;
  off_t end = size < file.st_size ? file.st_size : size;
  keep_old(RECORD_TRUNCATE, fd, size < file.st_size ? size : end, end);
}

/* Keeps a file that is about to lose its name. */
static uint64_t keep_file(const char *path) {
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s/kept-%d-%llu", log_dir, getpid(), (unsigned long long)++serial);
  return link(path, name) == 0 ? serial : 0;
}

static void note_name(enum record_kind kind, const char *path, const char *target) {
  if (!is_logged(path)) return;
  struct record record = {.kind = kind, .process = (uint64_t)getpid()};
  if (kind == RECORD_UNLINK) record.serial = keep_file(path);
  if (kind == RECORD_RENAME) record.serial = keep_file(target);
  append(record, path, target, NULL);
}

static void note_sync(int fd, enum record_kind kind) {
  struct stat file;
  if (is_logged(path_of[fd]) && fstat(fd, &file) == 0) {
    append((struct record){.kind = kind, .inode = file.st_ino}, path_of[fd], NULL, NULL);
  }
}

/* ---- the calls ---- */

typedef int open_function(const char *path, int flags, mode_t mode);

static int open_with(open_function *really_open, const char *path, int flags, mode_t mode) {
  if (!is_watched(path)) return really_open(path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat before;
  int is_new = (flags & O_CREAT) && stat(path, &before) != 0;
  int fd = -1;
  if (!fails(CALL_OPEN, path)) {
    if (is_new) note_name(RECORD_CREATE, path, NULL);
    /* Emptied below, where what it empties is kept. */
    fd = really_open(path, flags & ~O_TRUNC, mode);
  }
  if (fd >= MAX_FILES) give_up("too many files");
  if (fd >= 0) {
    free(path_of[fd]);
    path_of[fd] = strdup(path);
    if ((flags & O_TRUNC) && !is_new) {
      note_size(fd, 0);
      if (REAL(ftruncate64)(fd, 0) != 0) give_up(path);
    }
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

static int really_open(const char *path, int flags, mode_t mode) { return REAL(open64)(path, flags, mode); }

static int open_at_cwd(const char *path, int flags, mode_t mode) { return REAL(openat)(AT_FDCWD, path, flags, mode); }

#define MODE_ARGUMENT(flags)                     \
  mode_t mode = 0;                               \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {       \
    va_list rest;                                \
    va_start(rest, flags);                       \
    mode = (mode_t)va_arg(rest, int);            \
    va_end(rest);                                \
  }

int open(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  return open_with(really_open, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  return open_with(really_open, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  MODE_ARGUMENT(flags)
  if (path[0] == '/') return open_with(open_at_cwd, path, flags, mode);
  return REAL(openat)(folder, path, flags, mode);
}

int close(int fd) {
  if (watched_path(fd) == NULL) return REAL(close)(fd);
  pthread_mutex_lock(&lock);
  free(path_of[fd]);
  path_of[fd] = NULL;
  int result = REAL(close)(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

/* Writes all, a part, or nothing. `offset` is where it goes, whether or not the program said so. */
static ssize_t write_with(int fd, const struct iovec *parts, int count, off_t offset) {
  size_t length = 0;
  for (int index = 0; index < count; index++) length += parts[index].iov_len;
  uint64_t action = meet(CALL_WRITE, path_of[fd]);
  if (action != 0 && action < ACTION_SHORT) {
    errno = (int)action;
    return -1;
  }
  keep_old(RECORD_WRITE, fd, offset, offset + (off_t)length);
  if (action == 0 || action == ACTION_LIE || length < 2) return REAL(pwritev64)(fd, parts, count, offset);
  ssize_t half = REAL(pwrite64)(fd, parts[0].iov_base, parts[0].iov_len > 1 ? parts[0].iov_len / 2 : 1, offset);
  if (action == ACTION_TORN_KILL) kill(getpid(), SIGKILL);
  return half;
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset) {
  struct iovec part = {(void *)bytes, length};
  pthread_mutex_lock(&lock);
  ssize_t result = write_with(fd, &part, 1, offset);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  if (watched_path(fd) == NULL) return REAL(pwrite)(fd, bytes, length, offset);
  return write_at(fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (watched_path(fd) == NULL) return REAL(pwrite64)(fd, bytes, length, offset);
  return write_at(fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (watched_path(fd) == NULL) return REAL(writev)(fd, parts, count);
  pthread_mutex_lock(&lock);
  off_t offset = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  ssize_t result = write_with(fd, parts, count, offset);
  if (result > 0) lseek(fd, offset + result, SEEK_SET);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (watched_path(fd) == NULL) return REAL(write)(fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return writev(fd, &part, 1);
}

ssize_t read(int fd, void *bytes, size_t length) {
  if (watched_path(fd) != NULL && fails(CALL_READ, path_of[fd])) return -1;
  return REAL(read)(fd, bytes, length);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
  if (watched_path(fd) != NULL && fails(CALL_READ, path_of[fd])) return -1;
  return REAL(pread)(fd, bytes, length, offset);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) {
  if (watched_path(fd) != NULL && fails(CALL_READ, path_of[fd])) return -1;
  return REAL(pread64)(fd, bytes, length, offset);
}

static int sync_with(int (*really_sync)(int), int fd) {
  if (watched_path(fd) == NULL) return really_sync(fd);
  pthread_mutex_lock(&lock);
  uint64_t action = meet(CALL_SYNC, path_of[fd]);
  int result = 0;
  if (action != 0 && action < ACTION_SHORT) {
    note_sync(fd, RECORD_SYNC_FAILED);
    errno = (int)action;
    result = -1;
  } else if (action != ACTION_LIE) {
    result = really_sync(fd);
    if (result == 0) note_sync(fd, RECORD_SYNC);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return sync_with(REAL(fsync), fd); }

int fdatasync(int fd) { return sync_with(REAL(fdatasync), fd); }

static int set_size(int fd, off_t size) {
  pthread_mutex_lock(&lock);
  int result = -1;
  if (!fails(CALL_TRUNCATE, path_of[fd])) {
    note_size(fd, size);
    result = REAL(ftruncate64)(fd, size);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int fd, off_t size) { return watched_path(fd) ? set_size(fd, size) : REAL(ftruncate)(fd, size); }

int ftruncate64(int fd, off64_t size) { return watched_path(fd) ? set_size(fd, size) : REAL(ftruncate64)(fd, size); }

int unlink(const char *path) {
  if (!is_watched(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int result = -1;
  if (!fails(CALL_UNLINK, path)) {
    if (access(path, F_OK) == 0) note_name(RECORD_UNLINK, path, NULL);
    result = REAL(unlink)(path);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *path, const char *target) {
  if (!is_watched(path)) return REAL(rename)(path, target);
  pthread_mutex_lock(&lock);
  int result = -1;
  if (!fails(CALL_RENAME, path)) {
    if (access(path, F_OK) == 0) note_name(RECORD_RENAME, path, target);
    result = REAL(rename)(path, target);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  if (!is_watched(path)) return REAL(mkdir)(path, mode);
  pthread_mutex_lock(&lock);
  if (access(path, F_OK) != 0) note_name(RECORD_MAKE_FOLDER, path, NULL);
  int result = REAL(mkdir)(path, mode);
  pthread_mutex_unlock(&lock);
  return result;
}
