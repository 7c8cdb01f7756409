/* Scans blocks of plain log lines: what `Bulk` does in Python, several times as fast.

   A plain line is: a prefix, `[`, a stamp up to its minute, `:`, its seconds, the text `opening`, and the key:
   the request up to its status. The scanner proves the shape of a line, and looks its prefix, key and
   duration up in tables. Python reads what is in no table, as the reference parser does. Any other line is
   odd: Python reads it by itself.

   Three calls count a block: `scan` takes it apart, `fill` takes the numbers of the new texts, and `add`
   counts the lines by minute. `_scanner.pyi` describes them. */

#ifndef SCANNER_H
#define SCANNER_H

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include "rule_codes.h"
#include "text_table.h"

#define UNTOLD INT64_MIN /* the duration of a line that tells none */
#define NO_MEMORY INT64_MAX
#define NO_TEXT UINT32_MAX
#define MOST_BUCKETS (INT64_C(1) << 62)
#define STAMP 17 /* bytes of a stamp up to its minute: 23/Nov/2026:06:42 */
#define DAY 11

/* A text of the block that Python has to read. */
typedef struct {
    uint32_t at, length;
} Text;

typedef struct {
    Text *texts;
    size_t used, room;
} Texts;

/* A line of the block. A negative number below ODD is the index of a new text: -2 is the first one. From NEW_RULE
   on down, it is that of a new rule. */
typedef struct {
    int64_t code, took;
    uint32_t start, stamp, prefix;
} Line;

/* A short duration as a number, not 0, and its bucket. */
typedef struct {
    uint64_t text;
    int64_t bucket;
} Short;

/* A request with a duration: `RECORD` of model/durations.py. */
typedef struct {
    int32_t hour;
    uint32_t code, bucket;
} Record;

typedef struct {
    PyObject_HEAD
    PyObject *opening, *steps, *block; /* bytes */
    int busy; /* a call is running: there must be no other one */
    const char *opening_text, *first_step, *last_step;
    Py_ssize_t opens;
    int whole;      /* the key is the rest of the line */
    char separator; /* between day and time */
    Py_ssize_t longest, most_keys, most_bytes, most_others;
    uint64_t secrets[2];
    Table keys, prefixes, durations;
    Texts new_keys, new_prefixes, new_durations;
    RuleCodes rules;
    Line *lines;
    size_t used, room;
    int unfilled;
    /* the day that was read last, and the minute with which it begins */
    char day[DAY];
    int day_known, day_even;
    int64_t day_begins;
    /* the requests of the minute that is counted, by code */
    uint32_t *counts;
    size_t codes;
    uint32_t *touched;
    size_t touches, touch_room;
    /* the first backslash in the rest of the block, or the end of the block */
    const char *backslash, *block_end;
    /* some short durations; two that share a place take turns there */
    Short *shorts;
    /* the requests of the block that have a duration */
    Record *records;
    size_t recorded, record_room;
} Scanner;

/* The `days` and `minute_of` of `add`: see `_scanner.pyi`. */
typedef struct {
    PyObject *days, *minute_of;
} Stamps;

PyObject *Scanner_scan(Scanner *self, PyObject *block);
PyObject *Scanner_new_rules(Scanner *self, PyObject *ignored);
PyObject *Scanner_fill(Scanner *self, PyObject *args);
PyObject *Scanner_odd_lines(Scanner *self, PyObject *ignored);
PyObject *Scanner_add(Scanner *self, PyObject *args);
PyObject *Scanner_survey(Scanner *self, PyObject *args);
PyObject *Scanner_add_some(Scanner *self, PyObject *args);
PyObject *Scanner_forget(Scanner *self, PyObject *ignored);

/* Makes records of lines that were counted elsewhere: see `_scanner.pyi`. */
PyObject *records_of(PyObject *module, PyObject *args);

/* Adds the counts of another process: see `_scanner.pyi`. */
PyObject *absorb(PyObject *module, PyObject *args);

/* Marks the scanner as busy. Returns -1 with an exception set if it is. Python may run during a call, in
   this thread or in another one, and must not change what the call uses. */
int begin_call(Scanner *self);

/* Reads the minute of a stamp; `known` is 0 if it has none. Returns -1 with an exception set. */
int read_minute(Scanner *self, const Stamps *stamps, const char *stamp, int *known, int64_t *minute);

/* Returns where a line of the block begins, or where the block ends. */
size_t start_of(const Scanner *self, size_t line);

#endif
