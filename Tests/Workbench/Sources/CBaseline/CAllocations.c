#include "CBaseline.h"

#ifdef __linux__
#include <features.h>
#endif

// glibc lets a program stand its own malloc before the library's and call the library's inside.
#ifdef __GLIBC__
#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static _Thread_local uint64_t taken;

void *malloc(size_t size) {
    taken++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    taken++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    taken++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    taken++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

void free(void *memory) { __libc_free(memory); }

uint64_t baseline_allocations(void) { return taken; }
#else
uint64_t baseline_allocations(void) { return 0; }
#endif
