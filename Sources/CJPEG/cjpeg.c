#include "cjpeg.h"

#include <stdio.h>  // jpeglib.h uses FILE and size_t without including them.

#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// A progressive file may repeat scans without end, each as costly as the whole picture. Real files have about ten.
#define MOST_SCANS 500

/// libjpeg's error manager with the way back to the caller.
typedef struct {
    struct jpeg_error_mgr base;  // First, so that a pointer to it is a pointer to the whole.
    jmp_buf jump;
    char *message;
    size_t message_capacity;
} error_manager;

/// Gives up the picture for `reason`.
static void fail(j_common_ptr info, const char *reason) {
    error_manager *manager = (error_manager *)info->err;
    if (manager->message_capacity > 0) {
        strncpy(manager->message, reason, manager->message_capacity - 1);
        manager->message[manager->message_capacity - 1] = 0;
    }
    longjmp(manager->jump, 1);
}

static void on_error(j_common_ptr info) {
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    fail(info, text);
}

// Levels below zero are warnings: libjpeg would go on with invented data. Levels from zero up are only traces.
static void on_message(j_common_ptr info, int level) {
    if (level < 0) on_error(info);
}

static void print_nothing(j_common_ptr info) { (void)info; }

static void on_progress(j_common_ptr info) {
    if (((j_decompress_ptr)info)->input_scan_number > MOST_SCANS) fail(info, "more than 500 scans");
}

/// Reads the header, and the samples too unless `samples` is NULL.
static int read_jpeg(
    const uint8_t *bytes, size_t count, cjpeg_header *header, uint8_t *samples, size_t samples_bytes,
    size_t *byte_offset, char *message, size_t message_capacity) {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    error_manager manager;
    memset(&info, 0, sizeof info);
    memset(&progress, 0, sizeof progress);
    info.err = jpeg_std_error(&manager.base);
    manager.base.error_exit = on_error;
    manager.base.emit_message = on_message;
    manager.base.output_message = print_nothing;
    manager.message = message;
    manager.message_capacity = message_capacity;
    if (setjmp(manager.jump)) {
        // Once the file has run out, what is left in the buffer is the end marker that libjpeg makes up.
        size_t left = info.src == NULL ? count : info.src->bytes_in_buffer;
        *byte_offset = left < count ? count - left : 0;
        jpeg_destroy_decompress(&info);
        return -1;
    }
    jpeg_create_decompress(&info);
    progress.progress_monitor = on_progress;
    info.progress = &progress;
    if (count == 0) fail((j_common_ptr)&info, "the file is empty");
    jpeg_mem_src(&info, (unsigned char *)bytes, count);
    jpeg_read_header(&info, TRUE);
    int is_known = info.jpeg_color_space != JCS_UNKNOWN && info.num_components != 2;
    if (header != NULL) {
        header->width = info.image_width;
        header->height = info.image_height;
        header->channels = is_known ? info.num_components : 0;
        header->has_adobe_marker = info.saw_Adobe_marker;
        header->is_arithmetic_coded = info.arith_code;
    }
    if (samples != NULL) {
        jpeg_start_decompress(&info);
        size_t row_bytes = (size_t)info.output_width * (size_t)info.output_components;
        if (row_bytes == 0 || samples_bytes / row_bytes != info.output_height || samples_bytes % row_bytes != 0)
            fail((j_common_ptr)&info, "the buffer for the samples has the wrong size");
        while (info.output_scanline < info.output_height) {
            JSAMPROW row = samples + info.output_scanline * row_bytes;
            jpeg_read_scanlines(&info, &row, 1);
        }
        jpeg_finish_decompress(&info);
    }
    jpeg_destroy_decompress(&info);
    return 0;
}

int cjpeg_read_header(
    const uint8_t *bytes, size_t count, cjpeg_header *header, size_t *byte_offset, char *message,
    size_t message_capacity) {
    return read_jpeg(bytes, count, header, NULL, 0, byte_offset, message, message_capacity);
}

int cjpeg_read_samples(
    const uint8_t *bytes, size_t count, uint8_t *samples, size_t samples_bytes, size_t *byte_offset, char *message,
    size_t message_capacity) {
    return read_jpeg(bytes, count, NULL, samples, samples_bytes, byte_offset, message, message_capacity);
}
