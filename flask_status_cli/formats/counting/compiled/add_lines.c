/* Counts the lines of a block by minute, and passes the odd ones to Python in their places. */

#include "scanner.h"

#include <stdlib.h>
#include <string.h>

#define CODE_BITS 32 /* as in model/duration_buckets.py */

/* What `add` was called with, and how far it is. */
typedef struct {
    PyObject *minutes, *records, *note, *others;
    Stamps stamps;
    size_t handed;         /* lines that were passed to `others`, or counted before them */
    int64_t first, newest; /* minutes of entries that `note` was not told yet */
    int noted;             /* whether there are none of them */
} Adding;

/* Adds requests to the number behind a key. Returns -1 with an exception set. */
static int
add_to(PyObject *cell, int64_t number, long requests)
{
    PyObject *key = PyLong_FromLongLong(number), *sum = NULL, *old;
    int failed = -1;
    if (!key)
        return -1;
    old = PyDict_GetItemWithError(cell, key);
    if (old) {
        long long before = PyLong_AsLongLong(old);
        if (before != -1 || !PyErr_Occurred())
            sum = PyLong_FromLongLong(before + requests);
    } else if (!PyErr_Occurred()) {
        sum = PyLong_FromLong(requests);
    }
    if (sum)
        failed = PyDict_SetItem(cell, key, sum);
    Py_DECREF(key);
    Py_XDECREF(sum);
    return failed;
}

/* Returns the dict behind a number, a new one if there is none: a borrowed reference. */
static PyObject *
cell_of(PyObject *cells, int64_t number)
{
    PyObject *key = PyLong_FromLongLong(number), *cell;
    if (!key)
        return NULL;
    cell = PyDict_GetItemWithError(cells, key);
    if (!cell && !PyErr_Occurred()) {
        cell = PyDict_New();
        if (cell && PyDict_SetItem(cells, key, cell) < 0)
            Py_CLEAR(cell);
        Py_XDECREF(cell); /* the cells hold it */
    }
    Py_DECREF(key);
    return cell;
}

/* Adds what was counted of one minute. Returns -1 with an exception set. */
static int
add_minute(Scanner *self, const Adding *adding, int64_t minute)
{
    PyObject *cell;
    int failed = 0;
    if (!self->touches)
        return 0;
    cell = cell_of(adding->minutes, minute);
    for (size_t at = 0; at < self->touches; at++) {
        uint32_t code = self->touched[at];
        if (cell && !failed)
            failed = add_to(cell, code, (long)self->counts[code]);
        self->counts[code] = 0;
    }
    self->touches = 0;
    return cell ? failed : -1;
}

/* Counts a request of the present minute. Returns -1 with an exception set. */
static int
count_code(Scanner *self, int64_t code)
{
    uint32_t *touched;
    if ((size_t)code >= self->codes) {
        size_t codes = (size_t)code * 2 + 1024;
        uint32_t *counts = realloc(self->counts, codes * sizeof(uint32_t));
        if (!counts) {
            PyErr_NoMemory();
            return -1;
        }
        memset(counts + self->codes, 0, (codes - self->codes) * sizeof(uint32_t));
        self->counts = counts;
        self->codes = codes;
    }
    if (self->counts[code]++)
        return 0;
    touched = one_more(self->touched, self->touches, &self->touch_room, sizeof(uint32_t));
    if (!touched) {
        self->counts[code] = 0;
        PyErr_NoMemory();
        return -1;
    }
    self->touched = touched;
    self->touched[self->touches++] = (uint32_t)code;
    return 0;
}

/* Reads a number that Python returned, `None` for none. Takes the reference. -1 with an exception set. */
static int
minute_from(PyObject *found, int *known, int64_t *minute)
{
    if (!found)
        return -1;
    *known = found != Py_None;
    if (*known)
        *minute = PyLong_AsLongLong(found);
    Py_DECREF(found);
    return *known && *minute == -1 && PyErr_Occurred() ? -1 : 0;
}

int
read_minute(Scanner *self, const Stamps *stamps, const char *stamp, int *known, int64_t *minute)
{
    const char *time = stamp + DAY;
    int hour = (time[1] - '0') * 10 + time[2] - '0';
    int past = (time[4] - '0') * 10 + time[5] - '0';
    if (!self->day_known || memcmp(self->day, stamp, DAY)) {
        PyObject *day = PyBytes_FromStringAndSize(stamp, DAY), *begins;
        self->day_known = 0;
        if (!day)
            return -1;
        begins = PyObject_GetItem(stamps->days, day);
        Py_DECREF(day);
        if (minute_from(begins, &self->day_even, &self->day_begins) < 0)
            return -1;
        memcpy(self->day, stamp, DAY);
        self->day_known = 1;
    }
    if (self->day_even && time[0] == self->separator && time[1] >= '0' && time[1] <= '9' &&
        time[2] >= '0' && time[2] <= '9' && hour < 24 && time[3] == ':' && time[4] >= '0' &&
        time[4] <= '5' && time[5] >= '0' && time[5] <= '9') {
        *known = 1;
        *minute = self->day_begins + hour * 60 + past;
        return 0;
    }
    return minute_from(PyObject_CallFunction(stamps->minute_of, "y#", stamp, (Py_ssize_t)STAMP),
                       known, minute);
}

static int
note(Adding *adding)
{
    PyObject *noted;
    if (adding->noted || !adding->note)
        return 0;
    adding->noted = 1;
    noted = PyObject_CallFunction(adding->note, "LL", (long long)adding->first,
                                  (long long)adding->newest);
    Py_XDECREF(noted);
    return noted ? 0 : -1;
}

/* Passes odd lines to `others`, in their place among the entries. Returns -1 with an exception set. */
static int
hand_over(Scanner *self, Adding *adding, size_t from, size_t until)
{
    size_t start = start_of(self, from);
    PyObject *done;
    if (!adding->others) {
        PyErr_SetString(PyExc_ValueError, "one of these lines is odd");
        return -1;
    }
    if (note(adding) < 0)
        return -1;
    done = PyObject_CallFunction(adding->others, "ny#", (Py_ssize_t)(from - adding->handed),
                                 PyBytes_AsString(self->block) + start,
                                 (Py_ssize_t)(start_of(self, until) - start));
    Py_XDECREF(done);
    adding->handed = until;
    return done ? 0 : -1;
}

/* Makes room for a record of each line. Returns -1 with an exception set. */
static int
reserve_records(Scanner *self)
{
    Record *records;
    self->recorded = 0;
    if (self->record_room >= self->used)
        return 0;
    records = realloc(self->records, self->used * sizeof(Record));
    if (!records) {
        PyErr_NoMemory();
        return -1;
    }
    self->records = records;
    self->record_room = self->used;
    return 0;
}

/* Writes the record of a request. Returns -1 with an exception set. */
static int
write_record(Record *record, int64_t minute, int64_t code, int64_t took)
{
    int64_t hour = minute >= 0 ? minute / 60 : -1 - (-1 - minute) / 60;
    if (hour < INT32_MIN || hour > INT32_MAX || code < 0 || code > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "there is no such hour or code");
        return -1;
    }
    *record = (Record){(int32_t)hour, (uint32_t)code, (uint32_t)(took >> CODE_BITS)};
    return 0;
}

/* Passes the records of the block on. Returns -1 with an exception set. */
static int
append_records(Scanner *self, PyObject *records)
{
    PyObject *text;
    int failed;
    if (!self->recorded)
        return 0;
    text = PyBytes_FromStringAndSize((const char *)self->records,
                                     (Py_ssize_t)(self->recorded * sizeof(Record)));
    failed = text ? PyList_Append(records, text) : -1;
    Py_XDECREF(text);
    return failed;
}

/* Counts the lines of a block from one number up to another. */
static PyObject *
add_lines(Scanner *self, Adding *adding, size_t from, size_t until)
{
    const char *block = PyBytes_AsString(self->block), *stamp = NULL;
    int known = 0, odd = 0;
    int64_t minute = 0;
    size_t odd_from = 0;
    Py_ssize_t entries = 0;
    if (reserve_records(self) < 0)
        return NULL;
    for (size_t at = from; at < until; at++) {
        const Line *line = &self->lines[at];
        if (line->code != ODD && (!stamp || memcmp(stamp, block + line->stamp, STAMP))) {
            if (add_minute(self, adding, minute) < 0)
                return NULL;
            stamp = block + line->stamp;
            if (read_minute(self, &adding->stamps, stamp, &known, &minute) < 0)
                return NULL;
        }
        if (line->code == ODD || !known) {
            if (!odd)
                odd_from = at;
            odd = 1;
            continue;
        }
        if (odd && hand_over(self, adding, odd_from, at) < 0)
            return NULL;
        odd = 0;
        if (adding->noted)
            adding->first = adding->newest = minute;
        adding->noted = 0;
        if (minute > adding->newest)
            adding->newest = minute;
        if (count_code(self, line->code) < 0)
            return NULL;
        if (line->took >= 0 && write_record(&self->records[self->recorded++], minute, line->code, line->took) < 0)
            return NULL;
        entries++;
    }
    if (add_minute(self, adding, minute) < 0)
        return NULL;
    if (odd && hand_over(self, adding, odd_from, until) < 0)
        return NULL;
    if (note(adding) < 0 || append_records(self, adding->records) < 0)
        return NULL;
    return Py_BuildValue("nn", entries, (Py_ssize_t)(until - adding->handed));
}

PyObject *
Scanner_add(Scanner *self, PyObject *args)
{
    Adding adding = {.noted = 1};
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O!OOOO", &PyDict_Type, &adding.minutes, &PyList_Type,
                          &adding.records, &adding.stamps.days, &adding.stamps.minute_of,
                          &adding.note, &adding.others))
        return NULL;
    if (begin_call(self) < 0)
        return NULL;
    if (self->unfilled || !self->block) {
        PyErr_SetString(PyExc_ValueError, "no block was scanned");
    } else {
        result = add_lines(self, &adding, 0, self->used);
        for (; self->touches; self->touches--) /* after an exception */
            self->counts[self->touched[self->touches - 1]] = 0;
        Py_CLEAR(self->block);
    }
    self->busy = 0;
    return result;
}

PyObject *
Scanner_add_some(Scanner *self, PyObject *args)
{
    Adding adding = {.noted = 1};
    Py_ssize_t from, until;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O!OOnn", &PyDict_Type, &adding.minutes, &PyList_Type,
                          &adding.records, &adding.stamps.days, &adding.stamps.minute_of, &from,
                          &until))
        return NULL;
    if (begin_call(self) < 0)
        return NULL;
    if (self->unfilled || !self->block || from < 0 || until < from || (size_t)until > self->used) {
        PyErr_SetString(PyExc_ValueError, "these lines were not scanned");
    } else {
        result = add_lines(self, &adding, (size_t)from, (size_t)until);
        for (; self->touches; self->touches--) /* after an exception */
            self->counts[self->touched[self->touches - 1]] = 0;
    }
    self->busy = 0;
    Py_XDECREF(result);
    if (!result)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *
records_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *minutes, *codes, *buckets, *text = NULL;
    Py_ssize_t lines;
    Record *records;
    size_t used = 0;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &minutes, &PyList_Type, &codes, &PyList_Type,
                          &buckets))
        return NULL;
    lines = PyList_Size(minutes);
    if (PyList_Size(codes) != lines || PyList_Size(buckets) != lines) {
        PyErr_SetString(PyExc_ValueError, "each line has a minute, a code and a bucket");
        return NULL;
    }
    records = malloc(((size_t)lines + 1) * sizeof(Record));
    if (!records)
        return PyErr_NoMemory();
    for (Py_ssize_t at = 0; at < lines && !PyErr_Occurred(); at++) {
        PyObject *time = PyList_GetItem(minutes, at);
        long long took = PyLong_AsLongLong(PyList_GetItem(buckets, at)), minute, code;
        if (time == Py_None || took < 0)
            continue;
        minute = PyLong_AsLongLong(time);
        code = PyErr_Occurred() ? 0 : PyLong_AsLongLong(PyList_GetItem(codes, at));
        if (!PyErr_Occurred())
            write_record(&records[used++], minute, code, took);
    }
    if (!PyErr_Occurred())
        text = PyBytes_FromStringAndSize((const char *)records, (Py_ssize_t)(used * sizeof(Record)));
    free(records);
    return text;
}

/* Adds the cells of one minute to ours. Returns -1 with an exception set. */
static int
absorb_minute(PyObject *mine, PyObject *minute, PyObject *counts, PyObject *codes)
{
    PyObject *code, *requests, *cell;
    Py_ssize_t position = 0;
    long long number = PyLong_AsLongLong(minute);
    if (PyErr_Occurred())
        return -1;
    if (!PyDict_Check(counts)) {
        PyErr_SetString(PyExc_TypeError, "the counts of a minute are a dict");
        return -1;
    }
    cell = cell_of(mine, number);
    if (cell == counts) {
        PyErr_SetString(PyExc_ValueError, "counts cannot be added to themselves");
        return -1;
    }
    while (cell && PyDict_Next(counts, &position, &code, &requests)) {
        Py_ssize_t place = PyLong_AsSsize_t(code);
        PyObject *ours = PyErr_Occurred() ? NULL : PyList_GetItem(codes, place);
        long long our_code = ours ? PyLong_AsLongLong(ours) : -1;
        long more = ours ? PyLong_AsLong(requests) : 0;
        if (PyErr_Occurred() || add_to(cell, our_code, more) < 0)
            return -1;
    }
    return cell ? 0 : -1;
}

PyObject *
absorb(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *mine, *theirs, *codes, *minute, *counts;
    Py_ssize_t position = 0;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyDict_Type, &mine, &PyDict_Type, &theirs, &PyList_Type,
                          &codes))
        return NULL;
    if (mine == theirs) {
        PyErr_SetString(PyExc_ValueError, "counts cannot be added to themselves");
        return NULL;
    }
    while (PyDict_Next(theirs, &position, &minute, &counts))
        if (absorb_minute(mine, minute, counts, codes) < 0)
            return NULL;
    Py_RETURN_NONE;
}
