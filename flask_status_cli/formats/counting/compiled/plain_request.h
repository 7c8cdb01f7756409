/* Finds the rule of a plain request without Python.

   A request is plain if it is `METHOD /path?query HTTP/version" status`, with no character that is encoded or
   would have to be. `plain_requests.py` says the same as a regular expression. Method and query do not matter.

   The kinds of variable segments are a table in Python (`variable_segments.py`). This file proves of most
   segments that they are of none of these kinds. It knows numbers and static files, and Python passes their
   texts. Python finds the rules of all other paths. */

#ifndef PLAIN_REQUEST_H
#define PLAIN_REQUEST_H

#include <stddef.h>

#define LONGEST_REQUEST 255 /* the length of a longer one may decide its rule */
#define MOST_SEGMENTS 10    /* of a path with more, too */
#define LONGEST_NAME 64
#define STATUS_DIGITS 3

/* What Python says of rules. */
typedef struct {
    const char *number, *file; /* the segment that replaces a number, and the path of static files */
    size_t number_length, file_length;       /* at most LONGEST_NAME */
    const char *extensions, *extensions_end; /* of static files: lower case, a zero byte after each */
} PathRules;

/* The rule of a request and the three digits of its status. If the rule is not `proven`, the text has the path
   instead, in which numbers are replaced. Requests with the same path have the same rule. */
typedef struct {
    char text[LONGEST_REQUEST + (MOST_SEGMENTS + 1) * LONGEST_NAME];
    size_t length;
    int proven;
    const char *first; /* the first segment of the path, in the key */
    size_t first_length;
} PlainRequest;

/* Reads a key: the text from the opening quote to the status. Returns whether it is a plain request. */
int read_plain(const PathRules *rules, const char *key, size_t length, PlainRequest *request);

#endif
