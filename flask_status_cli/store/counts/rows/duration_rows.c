/* Makes the rows of durations: what `duration_rows.py` does in Python, several times as fast.

   Each request is a key of 64 bits: its day, the rank of its group in as many bits as the ranks need, the hour of
   the day, and its bucket. The keys are sorted by a radix sort, and those of one day and group become one row of
   the day, or rows of its hours as well. `_count_rows.pyi` describes the values. */

#include "count_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CODE_BITS 32 /* as in model/duration_buckets.py */
#define BUCKET_BITS 8
#define HOUR_BITS 5
#define MOST_RANK_BITS 22
#define LONGEST 25 /* bytes of a bucket with its hour, its requests and a blank: 1 + 3 + 1 + 19 + 1 */
#define MOST_TEXT 4000 /* bytes of the text of a day with hours */
#define FIRST_DAY (-(INT64_C(1) << 27)) /* all days are later */
#define HOURS_PER_DAY 24
#define DIGIT_BITS 11 /* of a digit in the sort */
#define DIGITS 6
#define MOST_CODES (1u << 28)

/* A request as the scanner records it: `RECORD` of model/durations.py. */
typedef struct {
    int32_t hour;
    uint32_t code, bucket;
} Record;

/* A number of requests with the same key. */
typedef struct {
    uint64_t key;
    int64_t requests;
} Cell;

/* The durations of all requests: a key for each record, and cells for what was added up before. */
typedef struct {
    uint64_t *keys, *spare; /* of the same size; `spare` is used by the sort */
    size_t used, room;
    Cell *cells;
    size_t cells_used, cells_room;
    int rank_bits;
} Durations;

/* The rank of the group of each code, -1 if the code has none. */
typedef struct {
    int32_t *ranks;
    size_t codes;
    PyObject *numbers; /* the groups by rank: a sorted list */
} Groups;

/* Makes room for more cells. Returns -1 with an exception set. */
static int
cells_reserve(Durations *all, size_t more)
{
    size_t room = all->cells_used + more;
    Cell *grown;
    if (room <= all->cells_room)
        return 0;
    room += room / 2;
    grown = room < UINT32_MAX ? realloc(all->cells, room * sizeof(Cell)) : NULL;
    if (!grown) {
        PyErr_NoMemory();
        return -1;
    }
    all->cells = grown;
    all->cells_room = room;
    return 0;
}

static unsigned
digit_of(uint64_t key, int digit)
{
    return (unsigned)(key >> digit * DIGIT_BITS) & ((1 << DIGIT_BITS) - 1);
}

static uint64_t
key_of(const Durations *all, int64_t hour, int32_t rank, uint32_t bucket)
{
    int64_t later = hour - FIRST_DAY * HOURS_PER_DAY; /* 0 or more, so that keys are in order of the days */
    uint64_t day = (uint64_t)later / HOURS_PER_DAY, of_day = (uint64_t)later % HOURS_PER_DAY;
    uint64_t row = day << all->rank_bits | (uint64_t)rank;
    return (row << HOUR_BITS | of_day) << BUCKET_BITS | bucket;
}

/* Sorts the keys, one digit after the other. Digits that are equal in all keys take no pass. */
static void
keys_sort(Durations *all)
{
    uint64_t differing = 0;
    for (size_t at = 1; at < all->used; at++)
        differing |= all->keys[at] ^ all->keys[0];
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t places[1 << DIGIT_BITS] = {0}, place = 0;
        uint64_t *sorted = all->spare;
        if (!digit_of(differing, digit))
            continue;
        for (size_t at = 0; at < all->used; at++)
            places[digit_of(all->keys[at], digit)]++;
        for (int value = 0; value < 1 << DIGIT_BITS; value++) {
            uint32_t many = places[value];
            places[value] = place;
            place += many;
        }
        for (size_t at = 0; at < all->used; at++)
            sorted[places[digit_of(all->keys[at], digit)]++] = all->keys[at];
        all->spare = all->keys;
        all->keys = sorted;
    }
}

static int
by_key(const void *one, const void *other)
{
    uint64_t a = ((const Cell *)one)->key, b = ((const Cell *)other)->key;
    return (a > b) - (a < b);
}

/* Adds up cells with the same key, which follow each other. Returns -1 if a sum has no number. */
static int
cells_join(Durations *all)
{
    size_t last = 0;
    for (size_t at = 1; at < all->cells_used; at++) {
        int64_t *sum = &all->cells[last].requests;
        if (all->cells[at].key != all->cells[last].key)
            all->cells[++last] = all->cells[at];
        else if (__builtin_add_overflow(*sum, all->cells[at].requests, sum))
            return -1;
    }
    all->cells_used = all->cells_used ? last + 1 : 0;
    return 0;
}

/* Sorts all cells, and adds up those with the same key. Returns -1 with an exception set. */
static int
cells_order(Durations *all)
{
    int failed;
    Py_BEGIN_ALLOW_THREADS
    if (all->cells_used)
        qsort(all->cells, all->cells_used, sizeof(Cell), by_key);
    failed = cells_join(all);
    Py_END_ALLOW_THREADS
    if (failed)
        PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
    return failed;
}

/* Makes cells of the keys, in order. Returns -1 with an exception set. */
static int
keys_to_cells(Durations *all)
{
    size_t different = all->used ? 1 : 0;
    int added_up = all->cells_used > 0;
    Py_BEGIN_ALLOW_THREADS
    keys_sort(all);
    for (size_t at = 1; at < all->used; at++)
        different += all->keys[at] != all->keys[at - 1];
    Py_END_ALLOW_THREADS
    if (cells_reserve(all, different) < 0)
        return -1;
    for (size_t at = 0, end; at < all->used; at = end) {
        for (end = at + 1; end < all->used && all->keys[end] == all->keys[at]; end++)
            ;
        all->cells[all->cells_used++] = (Cell){all->keys[at], (int64_t)(end - at)};
    }
    return added_up ? cells_order(all) : 0;
}

static unsigned
bucket_of(const Cell *cell)
{
    return (unsigned)cell->key & ((1 << BUCKET_BITS) - 1);
}

static unsigned
hour_of(const Cell *cell)
{
    return (unsigned)(cell->key >> BUCKET_BITS) & ((1 << HOUR_BITS) - 1);
}

static uint64_t
rank_of_row(const Durations *all, uint64_t row)
{
    return row & ((UINT64_C(1) << all->rank_bits) - 1);
}

/* Writes a bucket with its requests; returns the number of bytes. */
static size_t
write_word(char *text, unsigned bucket, int64_t requests)
{
    char *at = text;
    at += write_number(at, (long long)bucket);
    if (requests > 1) {
        *at++ = '*';
        at += write_number(at, requests);
    }
    *at++ = ' ';
    return (size_t)(at - text);
}

/* Appends the values of a row. `text` is given away. Returns -1 with an exception set. */
static int
row_append(PyObject *rows, int64_t time, uint64_t rank, const Groups *groups, PyObject *text)
{
    PyObject *group = PyList_GetItem(groups->numbers, (Py_ssize_t)rank);
    PyObject *number = PyLong_FromLongLong((long long)time);
    int failed = !text || !number || !group || PyList_Append(rows, number) < 0 ||
                 PyList_Append(rows, group) < 0 || PyList_Append(rows, text) < 0;
    Py_XDECREF(number);
    Py_XDECREF(text);
    return failed ? -1 : 0;
}

/* Appends the row of a day whose buckets have their hours, unless it has more than `most` bytes. Returns 1 if it
   is appended, and -1 with an exception set. */
static int
short_day(const Cell *cells, size_t number, size_t most, int64_t day, uint64_t rank,
          const Groups *groups, PyObject *days)
{
    char text[MOST_TEXT + LONGEST], *at = text;
    for (size_t cell = 0; cell < number; cell++) {
        *at++ = (char)('a' + hour_of(&cells[cell]));
        at += write_word(at, bucket_of(&cells[cell]), cells[cell].requests);
        if ((size_t)(at - text) > most)
            return 0;
    }
    return row_append(days, day, rank, groups, PyUnicode_FromStringAndSize(text, at - text)) < 0 ? -1 : 1;
}

/* Appends the row of a day whose hours have rows of their own. Returns -1 with an exception set. */
static int
long_day(const Cell *cells, size_t number, int64_t day, uint64_t rank, const Groups *groups, PyObject *days)
{
    int64_t sums[1 << BUCKET_BITS] = {0};
    char text[LONGEST << BUCKET_BITS], *at = text;
    for (size_t cell = 0; cell < number; cell++) {
        int64_t *sum = &sums[bucket_of(&cells[cell])];
        if (__builtin_add_overflow(*sum, cells[cell].requests, sum)) {
            PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
            return -1;
        }
    }
    for (unsigned bucket = 0; bucket < 1 << BUCKET_BITS; bucket++)
        if (sums[bucket])
            at += write_word(at, bucket, sums[bucket]);
    return row_append(days, day, rank, groups, PyUnicode_FromStringAndSize(text, at - text));
}

/* A row of an hour: the cells from `from` on, up to `to`. */
typedef struct {
    int64_t hour;
    uint64_t rank;
    size_t from, to;
} HourRow;

typedef struct {
    HourRow *rows;
    size_t used, room;
} HourRows;

/* Notes the rows of the hours of a day. Returns -1 with an exception set. */
static int
note_hours(const Cell *cells, size_t from, size_t to, int64_t day, uint64_t rank, HourRows *hours)
{
    for (size_t at = from, end; at < to; at = end) {
        unsigned hour = hour_of(&cells[at]);
        if (hours->used == hours->room) {
            size_t room = hours->room * 2 + 64;
            HourRow *more = realloc(hours->rows, room * sizeof(HourRow));
            if (!more) {
                PyErr_NoMemory();
                return -1;
            }
            hours->rows = more;
            hours->room = room;
        }
        for (end = at + 1; end < to && hour_of(&cells[end]) == hour; end++)
            ;
        hours->rows[hours->used++] = (HourRow){day * HOURS_PER_DAY + hour, rank, at, end};
    }
    return 0;
}

static int
by_hour(const void *one, const void *other)
{
    const HourRow *a = one, *b = other;
    if (a->hour != b->hour)
        return a->hour > b->hour ? 1 : -1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Appends the rows of all days, and notes those of the hours of long days. Returns -1 with an exception set. */
static int
day_rows(const Durations *all, const Groups *groups, size_t most, PyObject *days, HourRows *hours)
{
    const Cell *cells = all->cells;
    for (size_t at = 0, end; at < all->cells_used; at = end) {
        uint64_t row = cells[at].key >> BUCKET_BITS >> HOUR_BITS, rank = rank_of_row(all, row);
        int64_t day = (int64_t)(row >> all->rank_bits) + FIRST_DAY;
        int done;
        for (end = at + 1; end < all->cells_used && cells[end].key >> BUCKET_BITS >> HOUR_BITS == row; end++)
            ;
        done = short_day(cells + at, end - at, most, day, rank, groups, days);
        if (done == 0 && (long_day(cells + at, end - at, day, rank, groups, days) < 0 ||
                          note_hours(cells, at, end, day, rank, hours) < 0))
            return -1;
        if (done < 0)
            return -1;
    }
    return 0;
}

/* Appends the rows of hours, in order. Returns -1 with an exception set. */
static int
hour_rows(const Durations *all, const Groups *groups, const HourRows *hours, PyObject *list)
{
    if (hours->used)
        qsort(hours->rows, hours->used, sizeof(HourRow), by_hour);
    for (size_t row = 0; row < hours->used; row++) {
        const HourRow *one = &hours->rows[row];
        char text[LONGEST << BUCKET_BITS], *at = text;
        for (size_t cell = one->from; cell < one->to; cell++)
            at += write_word(at, bucket_of(&all->cells[cell]), all->cells[cell].requests);
        if (row_append(list, one->hour, one->rank, groups,
                       PyUnicode_FromStringAndSize(text, at - text)) < 0)
            return -1;
    }
    return 0;
}

/* Returns the rows of hours and those of days. */
static PyObject *
rows_of(const Durations *all, const Groups *groups, size_t most)
{
    PyObject *hours = PyList_New(0), *days = PyList_New(0), *rows = NULL;
    HourRows noted = {0};
    if (hours && days && day_rows(all, groups, most, days, &noted) == 0 &&
        hour_rows(all, groups, &noted, hours) == 0)
        rows = PyTuple_Pack(2, hours, days);
    free(noted.rows);
    Py_XDECREF(hours);
    Py_XDECREF(days);
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
read_sums(PyObject *sums, int64_t hour, const Groups *groups, Durations *all)
{
    PyObject *key, *number;
    Py_ssize_t position = 0;
    if (!PyDict_Check(sums)) {
        PyErr_SetString(PyExc_TypeError, "the durations of an hour are a dict");
        return -1;
    }
    if (cells_reserve(all, (size_t)PyDict_Size(sums)) < 0)
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
            all->cells[all->cells_used++] =
                (Cell){key_of(all, hour, rank, (uint32_t)(both >> CODE_BITS)), requests};
    }
    return 0;
}

/* Reads the records of a text, for which there is room. Returns -1 with an exception set. */
static int
read_records(PyObject *text, long first, long last, const Groups *groups, Durations *all)
{
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(text, &bytes, &size) < 0)
        return -1;
    if ((size_t)size % sizeof(Record)) {
        PyErr_SetString(PyExc_ValueError, "a text of records has a part of one");
        return -1;
    }
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
            all->keys[all->used++] = key_of(all, record.hour, rank, record.bucket);
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

/* Makes room for the keys of all texts of records. Returns -1 with an exception set. */
static int
keys_reserve(Durations *all, PyObject *texts)
{
    for (Py_ssize_t at = 0; at < PyList_Size(texts); at++) {
        Py_ssize_t size = PyBytes_Size(PyList_GetItem(texts, at));
        if (size < 0)
            return -1;
        all->room += (size_t)size / sizeof(Record);
    }
    if (all->room < UINT32_MAX) {
        all->keys = malloc((all->room + 1) * sizeof(uint64_t));
        all->spare = malloc((all->room + 1) * sizeof(uint64_t));
    }
    if (all->keys && all->spare)
        return 0;
    PyErr_NoMemory();
    return -1;
}

/* Reads all durations. Returns -1 with an exception set. */
static int
read_all(PyObject *sums, PyObject *records, long first, long last, const Groups *groups, Durations *all)
{
    PyObject *hour, *counts, *each = PySequence_List(records);
    Py_ssize_t position = 0;
    int failed = !each || keys_reserve(all, each) < 0;
    all->rank_bits = bits_of((size_t)PyList_Size(groups->numbers));
    while (!failed && PyDict_Next(sums, &position, &hour, &counts)) {
        long long number = PyLong_AsLongLong(hour);
        failed = PyErr_Occurred() != NULL;
        if (!failed && number >= first && number <= last)
            failed = read_sums(counts, number, groups, all) < 0;
    }
    for (Py_ssize_t at = 0; !failed && at < PyList_Size(each); at++)
        failed = read_records(PyList_GetItem(each, at), first, last, groups, all) < 0;
    Py_XDECREF(each);
    return failed ? -1 : 0;
}

PyObject *
duration_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *sums, *records, *dict, *rows = NULL;
    Groups groups = {0};
    Durations all = {0};
    int first, last, most;
    if (!PyArg_ParseTuple(args, "O!OO!iii", &PyDict_Type, &sums, &records, &PyDict_Type, &dict,
                          &first, &last, &most))
        return NULL;
    if (most < 0 || most > MOST_TEXT)
        PyErr_SetString(PyExc_ValueError, "there is no room for such long texts");
    else if (groups_read(dict, &groups) == 0 &&
             read_all(sums, records, first, last, &groups, &all) == 0 && keys_to_cells(&all) == 0)
        rows = rows_of(&all, &groups, (size_t)most);
    free(all.keys);
    free(all.spare);
    free(all.cells);
    free(groups.ranks);
    Py_XDECREF(groups.numbers);
    return rows;
}
