/* Makes the rows of durations: what `duration_rows.py` does in Python, several times as fast.

   Each request is a key of 64 bits: its hour, the rank of its group in as many bits as the ranks need, and its
   bucket. The keys are sorted by a radix sort, and those of one hour and group become one row. `_count_rows.pyi` describes the values. */

#include "count_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CODE_BITS 32 /* as in model/duration_buckets.py */
#define BUCKET_BITS 8
#define MOST_RANK_BITS 24
#define LONGEST 24 /* bytes of a bucket with its requests and a blank: 3 + 1 + 19 + 1 */
#define HOURS_PER_DAY 24
#define DIGIT_BITS 11 /* of a digit in the sort */
#define DIGITS 6
#define MOST_CODES (1u << 28)

/* A request as the scanner records it: `RECORD` of model/durations.py. */
typedef struct {
    int32_t hour;
    uint32_t code, bucket;
} Record;

typedef struct {
    uint64_t key;
    int64_t requests;
} Cell;

typedef struct {
    Cell *cells, *spare; /* of the same size; `spare` is used by the sort */
    size_t used, room;
    int rank_bits;
} Cells;

/* The rank of the group of each code, -1 if the code has none. */
typedef struct {
    int32_t *ranks;
    size_t codes;
    PyObject *numbers; /* the groups by rank: a sorted list */
} Groups;

static int
cells_reserve(Cells *cells, size_t more)
{
    size_t room = cells->used + more;
    Cell *grown;
    if (room <= cells->room)
        return 0;
    room += room / 2;
    grown = room < UINT32_MAX ? realloc(cells->cells, room * sizeof(Cell)) : NULL;
    if (!grown) {
        PyErr_NoMemory();
        return -1;
    }
    cells->cells = grown;
    cells->room = room;
    return 0;
}

static unsigned
digit_of(uint64_t key, int digit)
{
    return (unsigned)(key >> digit * DIGIT_BITS) & ((1 << DIGIT_BITS) - 1);
}

/* Appends a cell, for which there is room. */
static void
cells_append(Cells *cells, int64_t hour, int32_t rank, uint32_t bucket, int64_t requests)
{
    uint64_t later = (uint64_t)(hour - INT32_MIN); /* 0 or more, so that keys are in order of the hours */
    uint64_t row = later << cells->rank_bits | (uint64_t)rank;
    cells->cells[cells->used++] = (Cell){row << BUCKET_BITS | bucket, requests};
}

/* Sorts cells by key, one digit after the other. Digits that are equal in all keys take no pass. */
static void
cells_sort(Cells *cells)
{
    uint32_t counts[DIGITS][1 << DIGIT_BITS] = {{0}};
    for (size_t at = 0; at < cells->used; at++)
        for (int digit = 0; digit < DIGITS; digit++)
            counts[digit][digit_of(cells->cells[at].key, digit)]++;
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t place = 0, *count = counts[digit];
        Cell *sorted = cells->spare;
        if (!cells->used || count[digit_of(cells->cells[0].key, digit)] == cells->used)
            continue;
        for (int value = 0; value < 1 << DIGIT_BITS; value++) {
            uint32_t many = count[value];
            count[value] = place;
            place += many;
        }
        for (size_t at = 0; at < cells->used; at++)
            sorted[count[digit_of(cells->cells[at].key, digit)]++] = cells->cells[at];
        cells->spare = cells->cells;
        cells->cells = sorted;
    }
}

/* Adds up cells with the same key, which follow each other. Returns -1 if a sum has no number. */
static int
cells_join(Cells *cells)
{
    size_t last = 0;
    if (!cells->used)
        return 0;
    for (size_t at = 1; at < cells->used; at++) {
        int64_t *sum = &cells->cells[last].requests;
        if (cells->cells[at].key != cells->cells[last].key)
            cells->cells[++last] = cells->cells[at];
        else if (__builtin_add_overflow(*sum, cells->cells[at].requests, sum))
            return -1;
    }
    cells->used = last + 1;
    return 0;
}

/* Sorts and joins without Python's lock. Returns -1 with an exception set. */
static int
cells_order(Cells *cells)
{
    int failed;
    if (!cells->spare && cells->room)
        cells->spare = malloc(cells->room * sizeof(Cell));
    if (!cells->spare && cells->room) {
        PyErr_NoMemory();
        return -1;
    }
    Py_BEGIN_ALLOW_THREADS
    cells_sort(cells);
    failed = cells_join(cells);
    Py_END_ALLOW_THREADS
    if (failed)
        PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
    return failed;
}

/* Replaces the hour of each cell with its day. */
static void
cells_to_days(Cells *cells)
{
    int shift = cells->rank_bits + BUCKET_BITS;
    for (size_t at = 0; at < cells->used; at++) {
        uint64_t key = cells->cells[at].key, rest = key & ((UINT64_C(1) << shift) - 1);
        int64_t hour = (int64_t)(key >> shift) + INT32_MIN;
        int64_t day = hour >= 0 ? hour / HOURS_PER_DAY : -1 - (-1 - hour) / HOURS_PER_DAY;
        cells->cells[at].key = (uint64_t)(day - INT32_MIN) << shift | rest;
    }
}

/* Returns the requests of one row as a text. */
static PyObject *
buckets_of(const Cell *cells, size_t number)
{
    char text[LONGEST << BUCKET_BITS], *at = text;
    for (size_t cell = 0; cell < number; cell++) {
        at += write_number(at, (long long)(cells[cell].key & ((1 << BUCKET_BITS) - 1)));
        if (cells[cell].requests > 1) {
            *at++ = '*';
            at += write_number(at, cells[cell].requests);
        }
        *at++ = ' ';
    }
    return PyUnicode_FromStringAndSize(text, at - text);
}

/* Returns the values of all rows. */
static PyObject *
rows_of(const Cells *cells, const Groups *groups)
{
    PyObject *rows = PyList_New(0), *time = NULL;
    uint64_t present = 0;
    for (size_t at = 0, end; rows && at < cells->used; at = end) {
        uint64_t row = cells->cells[at].key >> BUCKET_BITS, later = row >> cells->rank_bits;
        PyObject *group = PyList_GetItem(groups->numbers, (Py_ssize_t)(row & ((1u << cells->rank_bits) - 1)));
        PyObject *buckets;
        for (end = at + 1; end < cells->used && cells->cells[end].key >> BUCKET_BITS == row; end++)
            ;
        if (!time || later != present) {
            Py_XDECREF(time);
            time = PyLong_FromLongLong((long long)later + INT32_MIN);
            present = later;
        }
        buckets = buckets_of(cells->cells + at, end - at);
        if (!time || !group || !buckets || PyList_Append(rows, time) < 0 ||
            PyList_Append(rows, group) < 0 || PyList_Append(rows, buckets) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(buckets);
    }
    Py_XDECREF(time);
    return rows;
}

/* Reads a dict of groups by code. Returns -1 with an exception set. */
static int
groups_read(PyObject *dict, Groups *groups)
{
    PyObject *code, *found, *ranks = PyDict_New(), *values = PyDict_Values(dict);
    PyObject *unique = values ? PyFrozenSet_New(values) : NULL;
    Py_ssize_t position = 0;
    int failed = 1;
    Py_XDECREF(values);
    groups->numbers = unique ? PySequence_List(unique) : NULL;
    Py_XDECREF(unique);
    if (!ranks || !groups->numbers || PyList_Sort(groups->numbers) < 0)
        goto done;
    for (Py_ssize_t rank = 0; rank < PyList_Size(groups->numbers); rank++) {
        PyObject *group = PyList_GetItem(groups->numbers, rank), *number = PyLong_FromSsize_t(rank);
        int put = number ? PyDict_SetItem(ranks, group, number) : -1;
        Py_XDECREF(number);
        if (put == 0 && PyLong_AsLongLong(group) == -1 && PyErr_Occurred())
            put = -1;
        if (put < 0)
            goto done;
    }
    while (PyDict_Next(dict, &position, &code, &found)) {
        size_t number = PyLong_AsSize_t(code);
        if (PyErr_Occurred())
            goto done;
        if (number >= MOST_CODES || PyList_Size(groups->numbers) > 1 << MOST_RANK_BITS) {
            PyErr_SetString(PyExc_ValueError, "there are too many codes or groups");
            goto done;
        }
        groups->codes = number >= groups->codes ? number + 1 : groups->codes;
    }
    groups->ranks = malloc((groups->codes + 1) * sizeof(int32_t));
    if (!groups->ranks) {
        PyErr_NoMemory();
        goto done;
    }
    memset(groups->ranks, -1, (groups->codes + 1) * sizeof(int32_t));
    position = 0;
    while (PyDict_Next(dict, &position, &code, &found))
        groups->ranks[PyLong_AsSize_t(code)] = (int32_t)PyLong_AsLong(PyDict_GetItem(ranks, found));
    failed = 0;
done:
    Py_XDECREF(ranks);
    return failed ? -1 : 0;
}

static int32_t
rank_of(const Groups *groups, uint64_t code)
{
    return code < groups->codes ? groups->ranks[code] : -1;
}

/* Reads the cells of one hour, `bucket * CODES + code` each. Returns -1 with an exception set. */
static int
read_sums(PyObject *sums, int64_t hour, const Groups *groups, Cells *cells)
{
    PyObject *key, *number;
    Py_ssize_t position = 0;
    if (!PyDict_Check(sums)) {
        PyErr_SetString(PyExc_TypeError, "the durations of an hour are a dict");
        return -1;
    }
    if (cells_reserve(cells, (size_t)PyDict_Size(sums)) < 0)
        return -1;
    while (PyDict_Next(sums, &position, &key, &number)) {
        long long both = PyLong_AsLongLong(key);
        long long requests = PyErr_Occurred() ? 0 : PyLong_AsLongLong(number);
        int32_t rank;
        if (PyErr_Occurred())
            return -1;
        if (both < 0 || both >> CODE_BITS >> BUCKET_BITS || requests <= 0) {
            PyErr_SetString(PyExc_ValueError, "there is no such bucket, or a cell has no requests");
            return -1;
        }
        rank = rank_of(groups, (uint64_t)both & UINT32_MAX);
        if (rank >= 0)
            cells_append(cells, hour, rank, (uint32_t)(both >> CODE_BITS), requests);
    }
    return 0;
}

/* Reads the records of a text. Returns -1 with an exception set. */
static int
read_records(PyObject *text, long first, long last, const Groups *groups, Cells *cells)
{
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(text, &bytes, &size) < 0)
        return -1;
    if ((size_t)size % sizeof(Record)) {
        PyErr_SetString(PyExc_ValueError, "a text of records has a part of one");
        return -1;
    }
    if (cells_reserve(cells, (size_t)size / sizeof(Record)) < 0)
        return -1;
    for (Py_ssize_t at = 0; at < size; at += (Py_ssize_t)sizeof(Record)) {
        Record record;
        int32_t rank;
        memcpy(&record, bytes + at, sizeof(record));
        if (record.bucket >> BUCKET_BITS) {
            PyErr_SetString(PyExc_ValueError, "there is no such bucket");
            return -1;
        }
        rank = rank_of(groups, record.code);
        if (rank >= 0 && record.hour >= first && record.hour <= last)
            cells_append(cells, record.hour, rank, record.bucket, 1);
    }
    return 0;
}

static int
bits_of(size_t numbers)
{
    int bits = 0;
    while ((size_t)1 << bits < numbers)
        bits++;
    return bits;
}

/* Reads all durations. Returns -1 with an exception set. */
static int
read_all(PyObject *sums, PyObject *records, long first, long last, const Groups *groups, Cells *cells)
{
    PyObject *hour, *counts, *each = PySequence_List(records);
    Py_ssize_t position = 0;
    int failed = !each;
    cells->rank_bits = bits_of((size_t)PyList_Size(groups->numbers));
    while (!failed && PyDict_Next(sums, &position, &hour, &counts)) {
        long long number = PyLong_AsLongLong(hour);
        failed = PyErr_Occurred() != NULL;
        if (!failed && number >= first && number <= last)
            failed = read_sums(counts, number, groups, cells) < 0;
    }
    for (Py_ssize_t at = 0; !failed && at < PyList_Size(each); at++)
        failed = read_records(PyList_GetItem(each, at), first, last, groups, cells) < 0;
    Py_XDECREF(each);
    return failed ? -1 : 0;
}

PyObject *
duration_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *sums, *records, *dict, *hours = NULL, *days = NULL;
    Groups groups = {0};
    Cells cells = {0};
    int first, last;
    if (!PyArg_ParseTuple(args, "O!OO!ii", &PyDict_Type, &sums, &records, &PyDict_Type, &dict,
                          &first, &last))
        return NULL;
    if (groups_read(dict, &groups) == 0 &&
        read_all(sums, records, first, last, &groups, &cells) == 0 && cells_order(&cells) == 0)
        hours = rows_of(&cells, &groups);
    if (hours) {
        cells_to_days(&cells);
        if (cells_order(&cells) == 0)
            days = rows_of(&cells, &groups);
    }
    free(cells.cells);
    free(cells.spare);
    free(groups.ranks);
    Py_XDECREF(groups.numbers);
    if (!hours || !days) {
        Py_XDECREF(hours);
        Py_XDECREF(days);
        return NULL;
    }
    return Py_BuildValue("NN", hours, days);
}
