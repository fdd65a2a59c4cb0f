#include "CInstructionSets.h"

#include <pthread.h>
#include <stdlib.h>

/// What a new thread is to do.
struct start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *argument) {
    const struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.argument);
    return NULL;
}

int sphereshift_start_thread(void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof(struct start));
    if (start == NULL) return 0;
    *start = (struct start){body, argument};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // As much everywhere; musl's default is 128 KiB.
    pthread_attr_setstacksize(&attributes, 2 << 20);
    pthread_t thread;
    const int error = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (error != 0) free(start);
    return error == 0;
}
