/* Makes rows from counts: what `upsert.py` does in Python, several times as fast.

   Minutes, places and requests must be integers of 64 bits. Any other value raises an exception, and nothing is
   stored. `_count_rows.pyi` describes the functions. */

#include "count_rows.h"

#include <stdlib.h>
#include <string.h>

#define QUARTER 15
#define NUMBER 20 /* the longest number, -9223372036854775808 */

/* Requests of one time by place, which is a number from 0 on. */
typedef struct {
    long long *requests;
    Py_ssize_t *touched;
    Py_ssize_t used, places;
} Sums;

/* The text between the time and the requests of a row: tab, route, tab, status, tab. */
typedef struct {
    char text[2 * NUMBER + 3];
    unsigned char length;
} Middle;

/* What the rows are made of: borrowed references. `middles` has one for each place if rows are texts. */
typedef struct {
    PyObject *places, *routes, *statuses;
    Middle *middles;
} Source;

/* Rows that are appended: values of a list, or if there is none, lines of a text for COPY. */
typedef struct {
    PyObject *list;
    char *text;
    size_t used, room;
} Rows;

static int
sums_make(Sums *sums, Py_ssize_t places)
{
    sums->requests = calloc((size_t)places + 1, sizeof(long long));
    sums->touched = calloc((size_t)places + 1, sizeof(Py_ssize_t));
    sums->used = 0;
    sums->places = places;
    if (sums->requests && sums->touched)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static void
sums_free(Sums *sums)
{
    free(sums->requests);
    free(sums->touched);
}

/* Adds requests to a sum. Returns -1 with an exception set. */
static int
add_requests(long long *sum, long long requests)
{
    if (!__builtin_saddll_overflow(*sum, requests, sum))
        return 0;
    PyErr_SetString(PyExc_OverflowError, "so many requests have no number");
    return -1;
}

static int
sums_add(Sums *sums, Py_ssize_t place, long long requests)
{
    if (!sums->requests[place]) /* no cell has 0 requests */
        sums->touched[sums->used++] = place;
    return add_requests(&sums->requests[place], requests);
}

static int
by_place(const void *a, const void *b)
{
    Py_ssize_t one = *(const Py_ssize_t *)a, other = *(const Py_ssize_t *)b;
    return (one > other) - (one < other);
}

/* Appends an object to a list, and gives its reference away. Returns -1 with an exception set. */
static int
append(PyObject *list, PyObject *item)
{
    int failed = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return failed;
}

size_t
write_number(char *to, long long number)
{
    char digits[NUMBER];
    size_t length = 0, at = 0;
    unsigned long long left = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    do {
        digits[length++] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        to[at++] = '-';
    while (length)
        to[at++] = digits[--length];
    return at;
}

/* Makes room for this many more lines. Returns -1 with an exception set. */
static int
rows_reserve(Rows *rows, size_t lines)
{
    size_t needed = rows->used + lines * (2 * NUMBER + sizeof(Middle));
    char *more;
    if (needed <= rows->room)
        return 0;
    more = realloc(rows->text, needed * 2);
    if (!more) {
        PyErr_NoMemory();
        return -1;
    }
    rows->text = more;
    rows->room = needed * 2;
    return 0;
}

/* Appends the lines of a time. Returns -1 with an exception set. */
static int
append_lines(Rows *rows, long long time, const Source *source, const Sums *sums)
{
    char stamp[NUMBER];
    size_t length = write_number(stamp, time);
    if (rows_reserve(rows, (size_t)sums->used) < 0)
        return -1;
    for (Py_ssize_t at = 0; at < sums->used; at++) {
        Py_ssize_t place = sums->touched[at];
        const Middle *middle = &source->middles[place];
        char *to = rows->text + rows->used;
        memcpy(to, stamp, length);
        memcpy(to + length, middle->text, middle->length);
        to += length + middle->length;
        to += write_number(to, sums->requests[place]);
        *to++ = '\n';
        rows->used = (size_t)(to - rows->text);
    }
    return 0;
}

/* Appends the values of a time. Returns -1 with an exception set. */
static int
append_values(PyObject *list, PyObject *time, const Source *source, const Sums *sums)
{
    for (Py_ssize_t at = 0; at < sums->used; at++) {
        Py_ssize_t place = sums->touched[at];
        if (PyList_Append(list, time) < 0 ||
            PyList_Append(list, PyList_GetItem(source->routes, place)) < 0 ||
            PyList_Append(list, PyList_GetItem(source->statuses, place)) < 0 ||
            append(list, PyLong_FromLongLong(sums->requests[place])) < 0)
            return -1;
    }
    return 0;
}

/* Appends the rows of a time, sorted by place, and empties the sums. Returns -1 with an exception set. */
static int
append_rows(Rows *rows, PyObject *time, const Source *source, Sums *sums)
{
    int failed;
    qsort(sums->touched, (size_t)sums->used, sizeof(Py_ssize_t), by_place);
    if (rows->list)
        failed = append_values(rows->list, time, source, sums);
    else
        failed = append_lines(rows, PyLong_AsLongLong(time), source, sums);
    for (Py_ssize_t at = 0; at < sums->used; at++)
        sums->requests[sums->touched[at]] = 0;
    sums->used = 0;
    return failed;
}

/* Adds the cells of a minute to both sums. Returns 1 if a code has no place, -1 with an exception set. */
static int
add_cells(PyObject *cells, const Source *source, Sums *minute, Sums *quarter)
{
    PyObject *code, *number;
    Py_ssize_t position = 0;
    int left = 0;
    while (PyDict_Next(cells, &position, &code, &number)) {
        PyObject *found = PyDict_GetItemWithError(source->places, code);
        long long requests = PyLong_AsLongLong(number);
        Py_ssize_t place;
        if (PyErr_Occurred())
            return -1;
        if (!found) {
            left = 1;
            continue;
        }
        place = PyLong_AsSsize_t(found);
        if (PyErr_Occurred())
            return -1;
        if (place < 0 || place >= minute->places || requests <= 0) {
            PyErr_SetString(PyExc_ValueError, "a place is unknown, or a cell has no requests");
            return -1;
        }
        if (sums_add(minute, place, requests) < 0 || sums_add(quarter, place, requests) < 0)
            return -1;
    }
    return left;
}

static long long
quarter_of(long long minute)
{
    return minute >= 0 ? minute / QUARTER : -1 - (-1 - minute) / QUARTER;
}

/* Appends the rows of a quarter. Returns -1 with an exception set. */
static int
append_quarter(Rows *rows, long long quarter, const Source *source, Sums *sums)
{
    PyObject *time;
    int failed;
    if (!sums->used)
        return 0;
    time = PyLong_FromLongLong(quarter);
    failed = time ? append_rows(rows, time, source, sums) : -1;
    Py_XDECREF(time);
    return failed;
}

/* Makes the rows of minutes from `at` on, until `most` values or bytes are reached and a quarter ends. Returns
   the place of the next minute, -1 with an exception set. */
static Py_ssize_t
make_rows(PyObject *order, Py_ssize_t at, Py_ssize_t most, PyObject *minutes, const Source *source,
          Sums *sums, Rows *rows, Rows *quarters, PyObject *left)
{
    long long quarter = 0;
    for (; at < PyList_Size(order); at++) {
        PyObject *time = PyList_GetItem(order, at), *cells = PyDict_GetItemWithError(minutes, time);
        long long minute = PyLong_AsLongLong(time);
        int unplaced;
        if (PyErr_Occurred())
            return -1;
        if (!cells || !PyDict_Check(cells)) {
            PyErr_SetString(PyExc_TypeError, "the counts of a minute are a dict");
            return -1;
        }
        if (quarter_of(minute) != quarter) {
            if (append_quarter(quarters, quarter, source, &sums[1]) < 0)
                return -1;
            if ((rows->list ? PyList_Size(rows->list) : (Py_ssize_t)rows->used) >= most)
                return at;
            quarter = quarter_of(minute);
        }
        unplaced = add_cells(cells, source, &sums[0], &sums[1]);
        if (unplaced < 0 || append_rows(rows, time, source, &sums[0]) < 0)
            return -1;
        if (unplaced && PySet_Add(left, time) < 0)
            return -1;
    }
    return append_quarter(quarters, quarter, source, &sums[1]) < 0 ? -1 : at;
}

/* Returns whether the lists of routes and of statuses do not agree, with an exception set. */
static int
refused(const Source *source)
{
    if (PyList_Size(source->routes) == PyList_Size(source->statuses))
        return 0;
    PyErr_SetString(PyExc_ValueError, "each place has a route and a status");
    return 1;
}

/* Calls `make_rows` with sums of its own. Returns what that returns. */
static Py_ssize_t
sum_rows(PyObject *order, Py_ssize_t at, Py_ssize_t most, PyObject *minutes, const Source *source,
         Rows *rows, Rows *quarters, PyObject *left)
{
    Sums sums[2] = {{0}, {0}};
    Py_ssize_t places = PyList_Size(source->routes), next = -1;
    if (at < 0) {
        PyErr_SetString(PyExc_ValueError, "there is no minute at this place");
        return -1;
    }
    if (!refused(source) && sums_make(&sums[0], places) == 0 && sums_make(&sums[1], places) == 0)
        next = make_rows(order, at, most, minutes, source, sums, rows, quarters, left);
    sums_free(&sums[0]);
    sums_free(&sums[1]);
    return next;
}

static PyObject *
count_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *order, *minutes, *left;
    Source source = {0};
    Rows rows = {0}, quarters = {0};
    Py_ssize_t start, most, next;
    if (!PyArg_ParseTuple(args, "O!nnO!O!O!O!O!O!", &PyList_Type, &order, &start, &most,
                          &PyDict_Type, &minutes, &PyDict_Type, &source.places, &PyList_Type,
                          &source.routes, &PyList_Type, &source.statuses, &PyList_Type,
                          &quarters.list, &PySet_Type, &left))
        return NULL;
    rows.list = PyList_New(0);
    if (!rows.list)
        return NULL;
    next = sum_rows(order, start, most, minutes, &source, &rows, &quarters, left);
    if (next < 0) {
        Py_DECREF(rows.list);
        return NULL;
    }
    return Py_BuildValue("nN", next, rows.list);
}

/* Returns the middle of the lines of each place, NULL with an exception set. */
static Middle *
middles_make(const Source *source)
{
    Py_ssize_t places = PyList_Size(source->routes);
    Middle *middles = calloc((size_t)places + 1, sizeof(Middle));
    if (!middles)
        return (Middle *)PyErr_NoMemory();
    for (Py_ssize_t place = 0; place < places; place++) {
        long long route = PyLong_AsLongLong(PyList_GetItem(source->routes, place));
        long long status = PyLong_AsLongLong(PyList_GetItem(source->statuses, place));
        char *text = middles[place].text, *to = text;
        if (PyErr_Occurred()) {
            free(middles);
            return NULL;
        }
        *to++ = '\t';
        to += write_number(to, route);
        *to++ = '\t';
        to += write_number(to, status);
        *to++ = '\t';
        middles[place].length = (unsigned char)(to - text);
    }
    return middles;
}

static PyObject *
copy_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *order, *minutes, *left, *found = NULL;
    Source source = {0};
    Rows rows = {0}, quarters = {0};
    Py_ssize_t start, most, next = -1;
    if (!PyArg_ParseTuple(args, "O!nnO!O!O!O!O!", &PyList_Type, &order, &start, &most, &PyDict_Type,
                          &minutes, &PyDict_Type, &source.places, &PyList_Type, &source.routes,
                          &PyList_Type, &source.statuses, &PySet_Type, &left))
        return NULL;
    if (refused(&source))
        return NULL;
    source.middles = middles_make(&source);
    if (source.middles)
        next = sum_rows(order, start, most, minutes, &source, &rows, &quarters, left);
    if (next >= 0)
        found = Py_BuildValue("nNN", next,
                              PyBytes_FromStringAndSize(rows.text, (Py_ssize_t)rows.used),
                              PyBytes_FromStringAndSize(quarters.text, (Py_ssize_t)quarters.used));
    free(source.middles);
    free(rows.text);
    free(quarters.text);
    return found;
}

static PyMethodDef functions[] = {
    {"count_rows", count_rows, METH_VARARGS, NULL},
    {"copy_rows", copy_rows, METH_VARARGS, NULL},
    {"duration_rows", duration_rows, METH_VARARGS, NULL},
    {"waiting_rows", waiting_rows, METH_VARARGS, NULL},
    {"rows_by_minute", rows_by_minute, METH_VARARGS, NULL},
    {"waiting_sums", waiting_sums, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* `compiled_code.py` says when to add one. */
#define INTERFACE 6

static int
fill_module(PyObject *module)
{
    return PyModule_AddIntConstant(module, "INTERFACE", INTERFACE);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill_module},
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_count_rows",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__count_rows(void)
{
    return PyModuleDef_Init(&module);
}
