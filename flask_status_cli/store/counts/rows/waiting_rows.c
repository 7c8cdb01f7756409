/* Makes the rows of waiting paths: what `waiting_paths.py` does in Python, several times as fast.

   The rows have no durations: `waiting_paths.py` adds them. `_count_rows.pyi` describes the values. */

#include "count_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 8
#define WIDTH 6 /* values of a row */
#define STATUSES 1000 /* those of three digits; an app may answer with others */

/* A row: borrowed references, and the bytes of the rule, by which rows are sorted. `head` is the number that the
   first of them are; most rules differ in it. */
typedef struct {
    uint64_t head;
    const char *text;
    Py_ssize_t length, place;
    PyObject *rule, *minute, *status, *requests;
} Row;

static int
by_rule(const void *a, const void *b)
{
    const Row *one = a, *other = b;
    Py_ssize_t length = one->length < other->length ? one->length : other->length;
    int order;
    if (one->head != other->head)
        return one->head < other->head ? -1 : 1;
    order = memcmp(one->text, other->text, (size_t)length);
    if (order)
        return order;
    if (one->length != other->length)
        return one->length < other->length ? -1 : 1;
    return one->place < other->place ? -1 : 1;
}

static uint64_t
head_of(const char *text, Py_ssize_t length)
{
    uint64_t head = 0;
    for (Py_ssize_t at = 0; at < HEAD; at++)
        head = head << 8 | (at < length ? (unsigned char)text[at] : 0);
    return head;
}

/* Returns the number of cells, -1 with an exception set. */
static Py_ssize_t
count_cells(PyObject *order, PyObject *minutes)
{
    Py_ssize_t cells = 0;
    for (Py_ssize_t at = 0; at < PyList_Size(order); at++) {
        PyObject *row = PyDict_GetItemWithError(minutes, PyList_GetItem(order, at));
        if (!row || !PyDict_Check(row)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a minute has no counts");
            return -1;
        }
        cells += PyDict_Size(row);
    }
    return cells;
}

/* Writes the rows of a minute behind the others. Returns how many there are now, -1 with an exception set. */
static Py_ssize_t
rows_of_minute(Row *rows, Py_ssize_t used, PyObject *minute, PyObject *cells, PyObject *paths)
{
    PyObject *code, *requests;
    for (Py_ssize_t next = 0; PyDict_Next(cells, &next, &code, &requests);) {
        PyObject *path = PyDict_GetItemWithError(paths, code);
        Row *row = &rows[used];
        if (!path) {
            if (PyErr_Occurred())
                return -1;
            continue;
        }
        if (!PyTuple_Check(path) || PyTuple_Size(path) != 2) {
            PyErr_SetString(PyExc_TypeError, "a path is a pair");
            return -1;
        }
        *row = (Row){.place = used++, .rule = PyTuple_GetItem(path, 0), .minute = minute,
                     .status = PyTuple_GetItem(path, 1), .requests = requests};
        row->text = PyUnicode_AsUTF8AndSize(row->rule, &row->length);
        if (!row->text)
            return -1;
        row->head = head_of(row->text, row->length);
    }
    return used;
}

static int
set_item(PyObject *list, Py_ssize_t at, PyObject *item)
{
    Py_INCREF(item);
    return PyList_SetItem(list, at, item);
}

/* Returns the values of all rows, one after the other, each row with the label and without durations. */
static PyObject *
flattened(const Row *rows, Py_ssize_t used, PyObject *label)
{
    PyObject *flat = PyList_New(used * WIDTH), *nothing = PyUnicode_FromStringAndSize("", 0);
    int failed = !flat || !nothing;
    for (Py_ssize_t row = 0; row < used && !failed; row++) {
        PyObject *values[WIDTH] = {label, rows[row].rule, rows[row].minute, rows[row].status,
                                   rows[row].requests, nothing};
        for (int at = 0; at < WIDTH; at++)
            failed |= set_item(flat, row * WIDTH + at, values[at]) < 0;
    }
    Py_XDECREF(nothing);
    if (failed)
        Py_CLEAR(flat);
    return flat;
}

PyObject *
waiting_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *label, *order, *minutes, *paths, *flat = NULL;
    Py_ssize_t cells, used = 0;
    Row *rows;
    if (!PyArg_ParseTuple(args, "UO!O!O!", &label, &PyList_Type, &order, &PyDict_Type, &minutes,
                          &PyDict_Type, &paths))
        return NULL;
    cells = count_cells(order, minutes);
    if (cells < 0)
        return NULL;
    rows = calloc((size_t)cells + 1, sizeof(Row));
    if (!rows)
        return PyErr_NoMemory();
    for (Py_ssize_t at = 0; at < PyList_Size(order) && used >= 0; at++) {
        PyObject *minute = PyList_GetItem(order, at);
        used = rows_of_minute(rows, used, minute, PyDict_GetItemWithError(minutes, minute), paths);
    }
    if (used >= 0) {
        qsort(rows, (size_t)used, sizeof(Row), by_rule);
        flat = flattened(rows, used, label);
    }
    free(rows);
    return flat;
}

/* Stores how many codes of a minute are in `paths`, if any. Returns -1 with an exception set. */
static int
count_minute(PyObject *found, PyObject *minute, PyObject *minutes, PyObject *paths)
{
    PyObject *cells = PyDict_GetItemWithError(minutes, minute), *code, *requests, *many;
    Py_ssize_t rows = 0;
    int failed;
    if (!cells || !PyDict_Check(cells)) {
        PyErr_SetString(PyExc_ValueError, "a minute has no counts");
        return -1;
    }
    for (Py_ssize_t next = 0; PyDict_Next(cells, &next, &code, &requests);) {
        int waits = PyDict_Contains(paths, code);
        if (waits < 0)
            return -1;
        rows += waits;
    }
    if (!rows)
        return 0;
    many = PyLong_FromSsize_t(rows);
    failed = many ? PyDict_SetItem(found, minute, many) : -1;
    Py_XDECREF(many);
    return failed;
}

PyObject *
rows_by_minute(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *minutes, *paths, *within, *each, *minute, *found;
    if (!PyArg_ParseTuple(args, "O!O!O", &PyDict_Type, &minutes, &PyDict_Type, &paths, &within))
        return NULL;
    each = PyObject_GetIter(within);
    if (!each)
        return NULL;
    found = PyDict_New();
    while (found && (minute = PyIter_Next(each))) {
        if (count_minute(found, minute, minutes, paths) < 0)
            Py_CLEAR(found);
        Py_DECREF(minute);
    }
    Py_DECREF(each);
    if (PyErr_Occurred())
        Py_CLEAR(found);
    return found;
}

/* The requests of a minute by status. */
typedef struct {
    long long requests[STATUSES];
    int touched[STATUSES], used;
} ByStatus;

/* Adds requests to a sum that is stored. Returns -1 with an exception set. */
static int
add_stored(PyObject *found, PyObject *minute, PyObject *status, PyObject *requests)
{
    PyObject *key = PyTuple_Pack(2, minute, status), *before, *sum = NULL;
    int failed = -1;
    if (!key)
        return -1;
    before = PyDict_GetItemWithError(found, key);
    if (before || !PyErr_Occurred())
        sum = before ? PyNumber_Add(before, requests) : Py_NewRef(requests);
    if (sum)
        failed = PyDict_SetItem(found, key, sum);
    Py_XDECREF(sum);
    Py_DECREF(key);
    return failed;
}

/* Adds the cells of a minute whose codes are in `paths`. Returns -1 with an exception set. */
static int
add_waiting(ByStatus *sums, PyObject *found, PyObject *minute, PyObject *cells, PyObject *paths)
{
    PyObject *code, *number;
    for (Py_ssize_t next = 0; PyDict_Next(cells, &next, &code, &number);) {
        PyObject *path = PyDict_GetItemWithError(paths, code), *told;
        long long status, requests;
        if (!path && !PyErr_Occurred())
            continue;
        told = path ? PyTuple_GetItem(path, 1) : NULL;
        status = told ? PyLong_AsLongLong(told) : -1;
        requests = PyErr_Occurred() ? -1 : PyLong_AsLongLong(number);
        if (PyErr_Occurred())
            return -1;
        if (requests <= 0) {
            PyErr_SetString(PyExc_ValueError, "a cell has no requests");
            return -1;
        }
        if (status < 0 || status >= STATUSES) {
            if (add_stored(found, minute, told, number) < 0)
                return -1;
            continue;
        }
        if (!sums->requests[status])
            sums->touched[sums->used++] = (int)status;
        if (__builtin_saddll_overflow(sums->requests[status], requests, &sums->requests[status])) {
            PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
            return -1;
        }
    }
    return 0;
}

/* Stores the sums of a minute, and empties them. Returns -1 with an exception set. */
static int
store_sums(PyObject *found, PyObject *minute, ByStatus *sums)
{
    int failed = 0;
    for (; sums->used && !failed; sums->used--) {
        int status = sums->touched[sums->used - 1];
        PyObject *key = Py_BuildValue("Oi", minute, status);
        PyObject *requests = PyLong_FromLongLong(sums->requests[status]);
        sums->requests[status] = 0;
        failed = key && requests ? PyDict_SetItem(found, key, requests) : -1;
        Py_XDECREF(key);
        Py_XDECREF(requests);
    }
    return failed;
}

PyObject *
waiting_sums(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *minutes, *paths, *minute, *cells, *found;
    ByStatus sums = {0};
    Py_ssize_t next = 0;
    if (!PyArg_ParseTuple(args, "O!O!", &PyDict_Type, &minutes, &PyDict_Type, &paths))
        return NULL;
    found = PyDict_New();
    while (found && PyDict_Next(minutes, &next, &minute, &cells)) {
        if (!PyDict_Check(cells)) {
            PyErr_SetString(PyExc_TypeError, "the counts of a minute are a dict");
            Py_CLEAR(found);
        } else if (add_waiting(&sums, found, minute, cells, paths) < 0 || store_sums(found, minute, &sums) < 0) {
            Py_CLEAR(found);
        }
    }
    return found;
}
