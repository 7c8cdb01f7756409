/* Makes rows from counts: what `upsert.py` and `durations.py` do in Python, several times as fast.
   `_count_rows.pyi` describes it. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <stdlib.h>
#include <string.h>

#define QUARTER 15
#define CODE_BITS 32 /* as in model/duration_buckets.py */
#define STEP 256     /* as in durations.py */
#define NUMBER 20    /* the longest number, -9223372036854775808 */
#define MOST_ROUTES (1LL << 48)

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

/* Writes a number, and returns how long it is. */
static size_t
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

/* Makes the rows of minutes from `at` on, until `most` values are reached and a quarter ends. Returns the
   place of the next minute, -1 with an exception set. */
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
            if (rows->list && PyList_Size(rows->list) >= most)
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
    if (!PyArg_ParseTuple(args, "O!O!O!O!O!O!", &PyList_Type, &order, &PyDict_Type, &minutes,
                          &PyDict_Type, &source.places, &PyList_Type, &source.routes, &PyList_Type,
                          &source.statuses, &PySet_Type, &left))
        return NULL;
    if (refused(&source))
        return NULL;
    source.middles = middles_make(&source);
    if (source.middles &&
        sum_rows(order, 0, 0, minutes, &source, &rows, &quarters, left) >= 0)
        found = Py_BuildValue("NN", PyBytes_FromStringAndSize(rows.text, (Py_ssize_t)rows.used),
                              PyBytes_FromStringAndSize(quarters.text, (Py_ssize_t)quarters.used));
    free(source.middles);
    free(rows.text);
    free(quarters.text);
    return found;
}

/* A number of requests by route and bucket: `key` is `route * STEP + bucket`. */
typedef struct {
    long long key, requests;
} Cell;

typedef struct {
    Cell *cells;
    size_t used, room;
} Cells;

static int
cells_append(Cells *cells, long long key, long long requests)
{
    if (cells->used == cells->room) {
        size_t room = cells->room * 2 + 256;
        Cell *more = realloc(cells->cells, room * sizeof(Cell));
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        cells->cells = more;
        cells->room = room;
    }
    cells->cells[cells->used++] = (Cell){key, requests};
    return 0;
}

static int
by_key(const void *a, const void *b)
{
    long long one = ((const Cell *)a)->key, other = ((const Cell *)b)->key;
    return (one > other) - (one < other);
}

/* Sorts cells by key, and adds up those with the same one. Returns -1 with an exception set. */
static int
cells_join(Cells *cells)
{
    size_t last = 0;
    if (!cells->used)
        return 0;
    qsort(cells->cells, cells->used, sizeof(Cell), by_key);
    for (size_t at = 1; at < cells->used; at++) {
        if (cells->cells[at].key != cells->cells[last].key)
            cells->cells[++last] = cells->cells[at];
        else if (add_requests(&cells->cells[last].requests, cells->cells[at].requests) < 0)
            return -1;
    }
    cells->used = last + 1;
    return 0;
}

/* Appends the rows of a time, and empties the cells. Returns -1 with an exception set. */
static int
append_cells(PyObject *rows, long long time, Cells *cells)
{
    int failed = 0;
    for (size_t at = 0; at < cells->used && !failed; at++) {
        const Cell *cell = &cells->cells[at];
        failed = append(rows, PyLong_FromLongLong(time)) < 0 ||
                 append(rows, PyLong_FromLongLong(cell->key / STEP)) < 0 ||
                 append(rows, PyLong_FromLongLong(cell->key % STEP)) < 0 ||
                 append(rows, PyLong_FromLongLong(cell->requests)) < 0;
    }
    cells->used = 0;
    return failed ? -1 : 0;
}

/* Appends a cell of a route. Returns -1 with an exception set. */
static int
add_cell(Cells *cells, long long route, long long bucket, long long requests)
{
    if (PyErr_Occurred())
        return -1;
    if (route < 0 || route > MOST_ROUTES) {
        PyErr_SetString(PyExc_ValueError, "a route is a number from 0 on");
        return -1;
    }
    return cells_append(cells, route * STEP + bucket, requests);
}

/* Reads the cells of an hour, `bucket * CODES + code` each. Returns -1 with an exception set. */
static int
read_hour(PyObject *counts, PyObject *routes, Cells *cells)
{
    PyObject *key, *number;
    Py_ssize_t position = 0;
    while (PyDict_Next(counts, &position, &key, &number)) {
        long long both = PyLong_AsLongLong(key), requests = PyLong_AsLongLong(number);
        long long bucket = both >> CODE_BITS;
        PyObject *code, *route;
        if (PyErr_Occurred())
            return -1;
        if (bucket < 0 || bucket >= STEP) {
            PyErr_SetString(PyExc_ValueError, "there is no such bucket");
            return -1;
        }
        code = PyLong_FromLongLong(both & ((1LL << CODE_BITS) - 1));
        route = code ? PyDict_GetItemWithError(routes, code) : NULL;
        Py_XDECREF(code);
        if (PyErr_Occurred())
            return -1;
        if (route && add_cell(cells, PyLong_AsLongLong(route), bucket, requests) < 0)
            return -1;
    }
    return 0;
}

/* Makes the rows of all hours and days. Returns -1 with an exception set. */
static int
make_duration_rows(PyObject *order, PyObject *durations, PyObject *routes, Cells *hour, Cells *day,
                   PyObject *hours, PyObject *days)
{
    long long present = 0;
    for (Py_ssize_t at = 0; at < PyList_Size(order); at++) {
        PyObject *time = PyList_GetItem(order, at);
        PyObject *counts = PyDict_GetItemWithError(durations, time);
        long long number = PyLong_AsLongLong(time);
        long long date = number >= 0 ? number / 24 : -1 - (-1 - number) / 24;
        if (PyErr_Occurred())
            return -1;
        if (!counts || !PyDict_Check(counts)) {
            PyErr_SetString(PyExc_TypeError, "the durations of an hour are a dict");
            return -1;
        }
        if (at && date != present) {
            if (cells_join(day) < 0 || append_cells(days, present, day) < 0)
                return -1;
        }
        present = date;
        if (read_hour(counts, routes, hour) < 0)
            return -1;
        if (cells_join(hour) < 0)
            return -1;
        for (size_t cell = 0; cell < hour->used; cell++)
            if (cells_append(day, hour->cells[cell].key, hour->cells[cell].requests) < 0)
                return -1;
        if (append_cells(hours, number, hour) < 0)
            return -1;
    }
    return cells_join(day) < 0 ? -1 : append_cells(days, present, day);
}

static PyObject *
duration_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *order, *durations, *routes, *hours, *days;
    Cells hour = {0}, day = {0};
    int failed;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &order, &PyDict_Type, &durations,
                          &PyDict_Type, &routes))
        return NULL;
    hours = PyList_New(0);
    days = PyList_New(0);
    failed = !hours || !days ||
             make_duration_rows(order, durations, routes, &hour, &day, hours, days) < 0;
    free(hour.cells);
    free(day.cells);
    if (failed) {
        Py_XDECREF(hours);
        Py_XDECREF(days);
        return NULL;
    }
    return Py_BuildValue("NN", hours, days);
}

static PyMethodDef functions[] = {
    {"count_rows", count_rows, METH_VARARGS, NULL},
    {"copy_rows", copy_rows, METH_VARARGS, NULL},
    {"duration_rows", duration_rows, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_count_rows",
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__count_rows(void)
{
    return PyModuleDef_Init(&module);
}
