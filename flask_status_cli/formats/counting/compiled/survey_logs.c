/* Finds the times of several small logs that were scanned as one block.

   A log with an odd line, or with a stamp whose minute is not known, is left to the reference parser. `survey` in
   `_scanner.pyi` describes the result. */

#include "scanner.h"

#include <string.h>

/* What is known of one log. */
typedef struct {
    size_t until; /* the number of the line behind its last one */
    int64_t oldest, newest;
} Log;

/* Reads the lines up to `end`, a position in the block. Returns 0 if one of them is odd or has no minute,
   or if there is none; -1 with an exception set. */
static int
survey_log(Scanner *self, const Stamps *stamps, size_t end, Log *log)
{
    const char *block = PyBytes_AsString(self->block), *stamp = NULL;
    size_t from = log->until;
    int64_t minute = 0;
    for (; log->until < self->used && self->lines[log->until].start < end; log->until++) {
        const Line *line = &self->lines[log->until];
        int known = 1;
        if (line->code == ODD)
            return 0;
        if (stamp && !memcmp(stamp, block + line->stamp, STAMP))
            continue;
        stamp = block + line->stamp;
        if (read_minute(self, stamps, stamp, &known, &minute) < 0)
            return -1;
        if (!known)
            return 0;
        if (log->until == from || minute < log->oldest)
            log->oldest = minute;
        if (log->until == from || minute > log->newest)
            log->newest = minute;
    }
    return log->until > from;
}

/* Surveys the logs that end at these positions. */
static PyObject *
survey_logs(Scanner *self, const Stamps *stamps, PyObject *ends, size_t begin)
{
    PyObject *found = PyList_New(0);
    Log log = {.until = begin};
    for (Py_ssize_t at = 0; found && at < PyList_Size(ends); at++) {
        Py_ssize_t end = PyLong_AsSsize_t(PyList_GetItem(ends, at));
        int whole = PyErr_Occurred() ? -1 : survey_log(self, stamps, end < 0 ? 0 : (size_t)end, &log);
        PyObject *each = NULL;
        if (whole == 0)
            break;
        if (whole > 0)
            each = Py_BuildValue("nLL", (Py_ssize_t)log.until, (long long)log.oldest,
                                 (long long)log.newest);
        if (!each || PyList_Append(found, each) < 0)
            Py_CLEAR(found);
        Py_XDECREF(each);
    }
    return found;
}

PyObject *
Scanner_survey(Scanner *self, PyObject *args)
{
    Stamps stamps;
    Py_ssize_t begin = 0;
    PyObject *ends, *found = NULL;
    if (!PyArg_ParseTuple(args, "OOO!|n", &stamps.days, &stamps.minute_of, &PyList_Type, &ends,
                          &begin))
        return NULL;
    if (begin_call(self) < 0)
        return NULL;
    if (self->unfilled || !self->block)
        PyErr_SetString(PyExc_ValueError, "no block was scanned");
    else
        found = survey_logs(self, &stamps, ends, begin < 0 ? self->used : (size_t)begin);
    self->busy = 0;
    return found;
}
