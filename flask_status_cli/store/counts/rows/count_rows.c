/* Makes the rows of minutes and of quarters from counts: what `upsert.py` does in Python, several times as
   fast. `_count_rows.pyi` describes it. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <stdlib.h>

#define QUARTER 15

/* Requests of one time by place, which is a number from 0 on. */
typedef struct {
    long long *requests;
    Py_ssize_t *touched;
    Py_ssize_t used, places;
} Sums;

/* What the rows are made of, and where they go: borrowed references. */
typedef struct {
    PyObject *places, *routes, *statuses;
} Source;

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

static void
sums_add(Sums *sums, Py_ssize_t place, long long requests)
{
    if (!sums->requests[place]) /* no cell has 0 requests */
        sums->touched[sums->used++] = place;
    sums->requests[place] += requests;
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

/* Appends the rows of a time, sorted by place, and empties the sums. Returns -1 with an exception set. */
static int
append_rows(PyObject *rows, PyObject *time, const Source *source, Sums *sums)
{
    int failed = 0;
    qsort(sums->touched, (size_t)sums->used, sizeof(Py_ssize_t), by_place);
    for (Py_ssize_t at = 0; at < sums->used; at++) {
        Py_ssize_t place = sums->touched[at];
        failed = failed || PyList_Append(rows, time) < 0 ||
                 PyList_Append(rows, PyList_GetItem(source->routes, place)) < 0 ||
                 PyList_Append(rows, PyList_GetItem(source->statuses, place)) < 0 ||
                 append(rows, PyLong_FromLongLong(sums->requests[place])) < 0;
        sums->requests[place] = 0;
    }
    sums->used = 0;
    return failed ? -1 : 0;
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
        sums_add(minute, place, requests);
        sums_add(quarter, place, requests);
    }
    return left;
}

static long long
quarter_of(long long minute)
{
    return minute >= 0 ? minute / QUARTER : -((QUARTER - 1 - minute) / QUARTER);
}

/* Appends the rows of a quarter. Returns -1 with an exception set. */
static int
append_quarter(PyObject *rows, long long quarter, const Source *source, Sums *sums)
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
          Sums *sums, PyObject *rows, PyObject *quarters, PyObject *left)
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
            if (PyList_Size(rows) >= most)
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

static PyObject *
count_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *order, *minutes, *rows = NULL, *quarters, *left;
    Source source;
    Sums sums[2] = {{0}, {0}};
    Py_ssize_t start, most, next = -1;
    if (!PyArg_ParseTuple(args, "O!nnO!O!O!O!O!O!", &PyList_Type, &order, &start, &most,
                          &PyDict_Type, &minutes, &PyDict_Type, &source.places, &PyList_Type,
                          &source.routes, &PyList_Type, &source.statuses, &PyList_Type, &quarters,
                          &PySet_Type, &left))
        return NULL;
    if (start < 0 || PyList_Size(source.routes) != PyList_Size(source.statuses)) {
        PyErr_SetString(PyExc_ValueError, "each place has a route and a status");
        return NULL;
    }
    rows = PyList_New(0);
    if (rows && sums_make(&sums[0], PyList_Size(source.routes)) == 0 &&
        sums_make(&sums[1], PyList_Size(source.routes)) == 0)
        next = make_rows(order, start, most, minutes, &source, sums, rows, quarters, left);
    sums_free(&sums[0]);
    sums_free(&sums[1]);
    if (next < 0) {
        Py_XDECREF(rows);
        return NULL;
    }
    return Py_BuildValue("nN", next, rows);
}

static PyMethodDef functions[] = {
    {"count_rows", count_rows, METH_VARARGS, NULL},
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
