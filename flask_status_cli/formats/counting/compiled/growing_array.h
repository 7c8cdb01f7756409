/* Arrays that grow by one item at a time. */

#ifndef GROWING_ARRAY_H
#define GROWING_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/* Returns an array of items of this size that has room for one more; it may have moved. `room` is how many items
   it has room for, `used` how many it has. If memory is short, the result is NULL, and the array is unchanged. */
static inline void *
one_more(void *array, size_t used, size_t *room, size_t size)
{
    size_t more = *room * 2 + 256;
    void *moved;
    if (used < *room)
        return array;
    moved = realloc(array, more * size);
    if (moved)
        *room = more;
    return moved;
}

#endif
