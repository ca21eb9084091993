#ifndef C_BASELINE_H
#define C_BASELINE_H

#include <stddef.h>
#include <stdint.h>

// The offsets found by baseline_index; the buffer grows and is used again by the next run.
typedef struct {
    uint32_t *offsets;
    size_t count;
    size_t capacity;
} baseline_marks;

// Stores the offset of every | ^ ~ & and CR: a plain loop, the yardstick of the table.
// Returns how many there are, or 0 where memory ends.
size_t baseline_index(const uint8_t *bytes, size_t length, baseline_marks *marks);

void baseline_free(baseline_marks *marks);

#endif
