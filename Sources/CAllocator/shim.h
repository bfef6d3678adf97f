#pragma once
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Gives memory that has been freed back to the system, where the allocator would keep it otherwise.
static inline void allocator_shim_return_freed(void) {
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
