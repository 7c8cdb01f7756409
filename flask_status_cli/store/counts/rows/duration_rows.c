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

/* A text of records. */
typedef struct {
    const char *bytes;
    size_t records;
} Records;

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

/* A row: a time, the rank of a group, and where its buckets are. */
typedef struct {
    int64_t time;
    uint64_t rank;
    size_t from, length;
} Row;

typedef struct {
    Row *rows;
    size_t used, room;
    char *text;
    size_t text_used, text_room;
} Rows;

/* Why work without the interpreter ended: `raise_problem` tells it to Python. */
typedef enum { DONE, NO_MEMORY, NO_NUMBER, NO_BUCKET } Problem;

static int
raise_problem(Problem problem)
{
    if (problem == NO_MEMORY)
        PyErr_NoMemory();
    else if (problem == NO_NUMBER)
        PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
    else if (problem == NO_BUCKET)
        PyErr_SetString(PyExc_ValueError, "there is no such bucket");
    return problem == DONE ? 0 : -1;
}

static Problem
cells_reserve(Durations *all, size_t more)
{
    size_t room = all->cells_used + more;
    Cell *grown;
    if (room <= all->cells_room)
        return DONE;
    room += room / 2;
    grown = room < UINT32_MAX ? realloc(all->cells, room * sizeof(Cell)) : NULL;
    if (!grown)
        return NO_MEMORY;
    all->cells = grown;
    all->cells_room = room;
    return DONE;
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

/* Sorts all cells, and adds up those with the same key. */
static Problem
cells_order(Durations *all)
{
    size_t last = 0;
    if (all->cells_used)
        qsort(all->cells, all->cells_used, sizeof(Cell), by_key);
    for (size_t at = 1; at < all->cells_used; at++) {
        int64_t *sum = &all->cells[last].requests;
        if (all->cells[at].key != all->cells[last].key)
            all->cells[++last] = all->cells[at];
        else if (__builtin_add_overflow(*sum, all->cells[at].requests, sum))
            return NO_NUMBER;
    }
    all->cells_used = all->cells_used ? last + 1 : 0;
    return DONE;
}

/* Makes cells of the keys, in order. */
static Problem
keys_to_cells(Durations *all)
{
    size_t different = all->used ? 1 : 0;
    int added_up = all->cells_used > 0;
    keys_sort(all);
    for (size_t at = 1; at < all->used; at++)
        different += all->keys[at] != all->keys[at - 1];
    if (cells_reserve(all, different))
        return NO_MEMORY;
    for (size_t at = 0, end; at < all->used; at = end) {
        for (end = at + 1; end < all->used && all->keys[end] == all->keys[at]; end++)
            ;
        all->cells[all->cells_used++] = (Cell){all->keys[at], (int64_t)(end - at)};
    }
    return added_up ? cells_order(all) : DONE;
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

/* Makes room for a row with the longest text. Returns where its text begins, NULL if memory is short. */
static char *
row_begin(Rows *rows)
{
    size_t longest = MOST_TEXT + (LONGEST << BUCKET_BITS);
    if (rows->text_room - rows->text_used < longest) {
        size_t room = rows->text_room + rows->text_room / 2 + 2 * longest;
        char *more = realloc(rows->text, room);
        if (!more)
            return NULL;
        rows->text = more;
        rows->text_room = room;
    }
    if (rows->used == rows->room) {
        size_t room = rows->room * 2 + 64;
        Row *more = realloc(rows->rows, room * sizeof(Row));
        if (!more)
            return NULL;
        rows->rows = more;
        rows->room = room;
    }
    return rows->text + rows->text_used;
}

/* Appends a row whose text was written behind the others, up to `end`. */
static void
row_end(Rows *rows, int64_t time, uint64_t rank, const char *end)
{
    size_t until = (size_t)(end - rows->text);
    rows->rows[rows->used++] = (Row){time, rank, rows->text_used, until - rows->text_used};
    rows->text_used = until;
}

/* Writes a bucket with its requests; returns where the text ends. */
static char *
write_word(char *at, unsigned bucket, int64_t requests)
{
    at += write_number(at, (long long)bucket);
    if (requests > 1) {
        *at++ = '*';
        at += write_number(at, requests);
    }
    *at++ = ' ';
    return at;
}

/* Writes the buckets of a day with their hours. Returns NULL if they have more than `most` bytes. */
static char *
write_hours(char *text, const Cell *cells, size_t number, size_t most)
{
    char *at = text;
    for (size_t cell = 0; cell < number; cell++) {
        *at++ = (char)('a' + hour_of(&cells[cell]));
        at = write_word(at, bucket_of(&cells[cell]), cells[cell].requests);
        if ((size_t)(at - text) > most)
            return NULL;
    }
    return at;
}

/* Appends a row for each hour of a day. */
static Problem
hour_rows(const Cell *cells, size_t number, int64_t day, uint64_t rank, Rows *hours)
{
    for (size_t cell = 0; cell < number;) {
        unsigned hour = hour_of(&cells[cell]);
        char *at = row_begin(hours);
        if (!at)
            return NO_MEMORY;
        for (; cell < number && hour_of(&cells[cell]) == hour; cell++)
            at = write_word(at, bucket_of(&cells[cell]), cells[cell].requests);
        row_end(hours, day * HOURS_PER_DAY + hour, rank, at);
    }
    return DONE;
}

/* Appends the row of a day, and those of its hours if the day would have more than `most` bytes with them. */
static Problem
day_row(const Cell *cells, size_t number, size_t most, int64_t day, uint64_t rank, Rows *hours, Rows *days)
{
    char *text = row_begin(days), *at;
    int64_t sums[1 << BUCKET_BITS] = {0};
    if (!text)
        return NO_MEMORY;
    at = write_hours(text, cells, number, most);
    if (at) {
        row_end(days, day, rank, at);
        return DONE;
    }
    for (size_t cell = 0; cell < number; cell++) {
        int64_t *sum = &sums[bucket_of(&cells[cell])];
        if (__builtin_add_overflow(*sum, cells[cell].requests, sum))
            return NO_NUMBER;
    }
    at = text;
    for (unsigned bucket = 0; bucket < 1 << BUCKET_BITS; bucket++)
        if (sums[bucket])
            at = write_word(at, bucket, sums[bucket]);
    row_end(days, day, rank, at);
    return hour_rows(cells, number, day, rank, hours);
}

static int
by_time(const void *one, const void *other)
{
    const Row *a = one, *b = other;
    if (a->time != b->time)
        return a->time > b->time ? 1 : -1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Makes all rows, in order. */
static Problem
make_rows(Durations *all, size_t most, Rows *hours, Rows *days)
{
    Problem problem = keys_to_cells(all);
    const Cell *cells = all->cells;
    for (size_t at = 0, end; !problem && at < all->cells_used; at = end) {
        uint64_t row = cells[at].key >> BUCKET_BITS >> HOUR_BITS;
        uint64_t rank = row & ((UINT64_C(1) << all->rank_bits) - 1);
        int64_t day = (int64_t)(row >> all->rank_bits) + FIRST_DAY;
        for (end = at + 1; end < all->cells_used && cells[end].key >> BUCKET_BITS >> HOUR_BITS == row; end++)
            ;
        problem = day_row(cells + at, end - at, most, day, rank, hours, days);
    }
    if (hours->used)
        qsort(hours->rows, hours->used, sizeof(Row), by_time);
    return problem;
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
    if (raise_problem(cells_reserve(all, (size_t)PyDict_Size(sums))) < 0)
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

/* Reads the cells of all hours. Returns -1 with an exception set. */
static int
read_all_sums(PyObject *sums, long first, long last, const Groups *groups, Durations *all)
{
    PyObject *hour, *counts;
    Py_ssize_t position = 0;
    while (PyDict_Next(sums, &position, &hour, &counts)) {
        long long number = PyLong_AsLongLong(hour);
        if (PyErr_Occurred())
            return -1;
        if (number >= first && number <= last && read_sums(counts, number, groups, all) < 0)
            return -1;
    }
    return 0;
}

/* Finds the records of a list of texts, and makes room for their keys. The list must live as long as they are
   read. Returns NULL with an exception set. */
static Records *
find_records(PyObject *texts, Durations *all)
{
    Py_ssize_t number = PyList_Size(texts);
    Records *found = malloc(((size_t)number + 1) * sizeof(Records));
    for (Py_ssize_t at = 0; found && at < number; at++) {
        char *bytes;
        Py_ssize_t size;
        int failed = PyBytes_AsStringAndSize(PyList_GetItem(texts, at), &bytes, &size) < 0;
        if (!failed && (size_t)size % sizeof(Record)) {
            PyErr_SetString(PyExc_ValueError, "a text of records has a part of one");
            failed = 1;
        }
        if (failed) {
            free(found);
            return NULL;
        }
        found[at] = (Records){bytes, (size_t)size / sizeof(Record)};
        all->room += found[at].records;
    }
    if (all->room < UINT32_MAX) {
        all->keys = malloc((all->room + 1) * sizeof(uint64_t));
        all->spare = malloc((all->room + 1) * sizeof(uint64_t));
    }
    if (found && all->keys && all->spare)
        return found;
    free(found);
    PyErr_NoMemory();
    return NULL;
}

/* Makes a key of each record whose code has a group. */
static Problem
read_records(const Records *texts, size_t number, long first, long last, const Groups *groups, Durations *all)
{
    for (size_t text = 0; text < number; text++) {
        const char *bytes = texts[text].bytes;
        for (size_t at = 0; at < texts[text].records; at++, bytes += sizeof(Record)) {
            Record record;
            int32_t rank;
            memcpy(&record, bytes, sizeof(record));
            if (record.bucket >> BUCKET_BITS)
                return NO_BUCKET;
            rank = rank_of(groups, record.code);
            if (rank >= 0 && record.hour >= first && record.hour <= last)
                all->keys[all->used++] = key_of(all, record.hour, rank, record.bucket);
        }
    }
    return DONE;
}

static int
bits_of(size_t numbers)
{
    int bits = 0;
    while ((size_t)1 << bits < numbers)
        bits++;
    return bits;
}

/* Returns the values of rows, row after row. */
static PyObject *
values_of(const Rows *rows, const Groups *groups)
{
    PyObject *values = PyList_New(0);
    for (size_t at = 0; values && at < rows->used; at++) {
        const Row *row = &rows->rows[at];
        PyObject *group = PyList_GetItem(groups->numbers, (Py_ssize_t)row->rank);
        PyObject *time = PyLong_FromLongLong((long long)row->time);
        PyObject *buckets = PyUnicode_FromStringAndSize(rows->text + row->from, (Py_ssize_t)row->length);
        if (!group || !time || !buckets || PyList_Append(values, time) < 0 ||
            PyList_Append(values, group) < 0 || PyList_Append(values, buckets) < 0)
            Py_CLEAR(values);
        Py_XDECREF(time);
        Py_XDECREF(buckets);
    }
    return values;
}

/* Returns the rows of hours and those of days. `texts` is the list of the texts of records. */
static PyObject *
rows_of(PyObject *sums, PyObject *texts, int first, int last, size_t most, const Groups *groups, Durations *all)
{
    Records *found;
    Rows hours = {0}, days = {0};
    PyObject *hour_values = NULL, *day_values = NULL, *rows = NULL;
    Problem problem;
    size_t number;
    all->rank_bits = bits_of((size_t)PyList_Size(groups->numbers));
    if (read_all_sums(sums, first, last, groups, all) < 0)
        return NULL;
    found = find_records(texts, all);
    if (!found)
        return NULL;
    number = (size_t)PyList_Size(texts);
    Py_BEGIN_ALLOW_THREADS
    problem = read_records(found, number, first, last, groups, all);
    problem = problem ? problem : make_rows(all, most, &hours, &days);
    Py_END_ALLOW_THREADS
    if (raise_problem(problem) == 0 && (hour_values = values_of(&hours, groups)) != NULL &&
        (day_values = values_of(&days, groups)) != NULL)
        rows = PyTuple_Pack(2, hour_values, day_values);
    Py_XDECREF(hour_values);
    Py_XDECREF(day_values);
    free(found);
    free(hours.rows);
    free(hours.text);
    free(days.rows);
    free(days.text);
    return rows;
}

PyObject *
duration_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *sums, *records, *dict, *texts = NULL, *rows = NULL;
    Groups groups = {0};
    Durations all = {0};
    int first, last, most;
    if (!PyArg_ParseTuple(args, "O!OO!iii", &PyDict_Type, &sums, &records, &PyDict_Type, &dict,
                          &first, &last, &most))
        return NULL;
    if (most < 0 || most > MOST_TEXT)
        PyErr_SetString(PyExc_ValueError, "there is no room for such long texts");
    else if (groups_read(dict, &groups) == 0 && (texts = PySequence_List(records)) != NULL)
        rows = rows_of(sums, texts, first, last, (size_t)most, &groups, &all);
    Py_XDECREF(texts);
    free(all.keys);
    free(all.spare);
    free(all.cells);
    free(groups.ranks);
    Py_XDECREF(groups.numbers);
    return rows;
}
