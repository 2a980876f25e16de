/*
 * Loaded into the bot's process with LD_PRELOAD: writes down whatever SQLite does to the database file and its journal,
 * in order and with its content, so that the disk can be rebuilt as a power loss may leave it. It changes nothing.
 *
 * RECORD_DATABASE names the file; RECORD_TO the record. Each entry is a header of 40 bytes in the byte order of this
 * machine (began and ended in nanoseconds since 1970, offset or size, operation, file, length), then so many bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum operation { WRITE = 1, TRUNCATE = 2, SYNC = 3 };

struct entry {
  uint64_t began, ended;
  int64_t offset;
  uint32_t operation, file, length, unused;
};

enum { MOST_FDS = 65536 };
/* 0: not recorded; else 1 for the database, 2 for its write-ahead log. */
static unsigned char file_of[MOST_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;

static uint64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  return (uint64_t)at.tv_sec * 1000000000ull + (uint64_t)at.tv_nsec;
}

static void put(const void *bytes, size_t length) {
  const char *from = bytes;
  while (length > 0) {
    long done = syscall(SYS_write, record, from, length);
    if (done <= 0) abort();
    from += done;
    length -= (size_t)done;
  }
}

static int recorded(int fd) { return fd >= 0 && fd < MOST_FDS ? file_of[fd] : 0; }

static void note(int fd, enum operation what, uint64_t began, int64_t offset, const void *bytes, size_t length) {
  struct entry entry = {began, now(), offset, what, (uint32_t)file_of[fd], (uint32_t)length, 0};
  pthread_mutex_lock(&lock);
  put(&entry, sizeof entry);
  put(bytes, length);
  pthread_mutex_unlock(&lock);
}

static void opened(int fd, const char *path) {
  const char *database = getenv("RECORD_DATABASE"), *to = getenv("RECORD_TO");
  if (fd < 0 || fd >= MOST_FDS || !database || !to) return;
  size_t length = strlen(database);
  file_of[fd] = 0;
  if (strncmp(path, database, length) != 0) return;
  if (path[length] == 0) file_of[fd] = 1;
  else if (strcmp(path + length, "-wal") == 0) file_of[fd] = 2;
  if (file_of[fd] && record < 0) record = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int fd = REAL(open64)(path, flags, va_arg(rest, mode_t));
  va_end(rest);
  opened(fd, path);
  return fd;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int fd = REAL(open)(path, flags, va_arg(rest, mode_t));
  va_end(rest);
  opened(fd, path);
  return fd;
}

int close(int fd) {
  if (fd >= 0 && fd < MOST_FDS) file_of[fd] = 0;
  return REAL(close)(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  uint64_t began = now();
  ssize_t done = REAL(pwrite64)(fd, bytes, length, offset);
  if (done > 0 && recorded(fd)) note(fd, WRITE, began, offset, bytes, (size_t)done);
  return done;
}

int ftruncate64(int fd, off64_t size) {
  uint64_t began = now();
  int result = REAL(ftruncate64)(fd, size);
  if (result == 0 && recorded(fd)) note(fd, TRUNCATE, began, size, "", 0);
  return result;
}

int fsync(int fd) {
  uint64_t began = now();
  int result = REAL(fsync)(fd);
  if (result == 0 && recorded(fd)) note(fd, SYNC, began, 0, "", 0);
  return result;
}

int fdatasync(int fd) {
  uint64_t began = now();
  int result = REAL(fdatasync)(fd);
  if (result == 0 && recorded(fd)) note(fd, SYNC, began, 0, "", 0);
  return result;
}
