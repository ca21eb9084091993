#include "CBaseline.h"

#include <stdlib.h>

static int grow(baseline_marks *marks) {
    size_t capacity = marks->capacity ? marks->capacity * 2 : 1024;
    uint32_t *offsets = realloc(marks->offsets, capacity * sizeof(uint32_t));
    if (!offsets) return 0;
    marks->offsets = offsets;
    marks->capacity = capacity;
    return 1;
}

size_t baseline_index(const uint8_t *bytes, size_t length, baseline_marks *marks) {
    marks->count = 0;
    for (size_t index = 0; index < length; index++) {
        uint8_t byte = bytes[index];
        if (byte == '|' || byte == '^' || byte == '~' || byte == '&' || byte == '\r') {
            if (marks->count == marks->capacity && !grow(marks)) return 0;
            marks->offsets[marks->count++] = (uint32_t)index;
        }
    }
    return marks->count;
}

size_t baseline_index_edifact(const uint8_t *bytes, size_t length, baseline_marks *marks) {
    marks->count = 0;
    for (size_t index = 0; index < length; index++) {
        uint8_t byte = bytes[index];
        if (byte == '+' || byte == ':' || byte == '\'' || byte == '?') {
            if (marks->count == marks->capacity && !grow(marks)) return 0;
            marks->offsets[marks->count++] = (uint32_t)index;
        }
    }
    return marks->count;
}

void baseline_free(baseline_marks *marks) {
    free(marks->offsets);
    marks->offsets = NULL;
    marks->count = 0;
    marks->capacity = 0;
}
