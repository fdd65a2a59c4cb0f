#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// Longest side that the format can express; libpng refuses more than a million by default.
#define LONGEST_SIDE 0x7fffffffu

/// The caller's buffer for the reason of a failure.
typedef struct {
    char *text;
    size_t capacity;
} message_buffer;

/// The file being read, as libpng's input.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
} input;

/// The file being written, as libpng's output.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} output;

static void set_message(message_buffer *message, const char *text) {
    if (message->capacity == 0) return;
    strncpy(message->text, text, message->capacity - 1);
    message->text[message->capacity - 1] = 0;
}

static void on_error(png_structp png, png_const_charp text) {
    set_message((message_buffer *)png_get_error_ptr(png), text);
    png_longjmp(png, 1);
}

// What libpng calls a warning concerns chunks that do not change the samples; faults in the image data are made
// errors with png_set_benign_errors and png_set_crc_action.
static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    input *source = (input *)png_get_io_ptr(png);
    if (count > source->count - source->position) {
        source->position = source->count;
        png_error(png, "the file ends before the picture does");
    }
    memcpy(target, source->bytes + source->position, count);
    source->position += count;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    output *target = (output *)png_get_io_ptr(png);
    if (count > target->capacity - target->count) {
        size_t capacity = target->capacity == 0 ? 4096 : target->capacity;
        while (count > capacity - target->count) {
            if (capacity > SIZE_MAX / 2) png_error(png, "the encoded picture is too large for memory");
            capacity *= 2;
        }
        uint8_t *grown = (uint8_t *)realloc(target->bytes, capacity);
        if (grown == NULL) png_error(png, "out of memory for the encoded picture");
        target->bytes = grown;
        target->capacity = capacity;
    }
    memcpy(target->bytes + target->count, bytes, count);
    target->count += count;
}

static void flush_bytes(png_structp png) { (void)png; }

/// A decoder of `source` that only looks at chunks which change the samples, or NULL.
static png_structp make_reader(input *source, message_buffer *message) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
    if (png == NULL) {
        set_message(message, "libpng cannot be started (version mismatch or out of memory)");
        return NULL;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, NULL, NULL);
        return NULL;
    }
    png_set_read_fn(png, source, read_bytes);
    png_set_user_limits(png, LONGEST_SIDE, LONGEST_SIDE);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(png, 0);
    // Text, colour profiles and times are skipped unread: they may hold compressed data of any size.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    return png;
}

static void copy_header(png_structp png, png_infop info, cpng_header *header) {
    memset(header, 0, sizeof *header);
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->bit_depth = png_get_bit_depth(png, info);
    header->channels = png_get_channels(png, info);

    png_bytep alpha = NULL;
    int alpha_count = 0;
    png_color_16p transparent = NULL;
    png_uint_32 has_transparency = png_get_tRNS(png, info, &alpha, &alpha_count, &transparent);
    int color_type = png_get_color_type(png, info);
    if (color_type == PNG_COLOR_TYPE_PALETTE) {
        png_colorp palette = NULL;
        int count = 0;
        if (!png_get_PLTE(png, info, &palette, &count)) return;
        header->palette_count = count;
        for (int index = 0; index < count; index++) {
            header->palette[index][0] = palette[index].red;
            header->palette[index][1] = palette[index].green;
            header->palette[index][2] = palette[index].blue;
            header->palette[index][3] = (has_transparency && index < alpha_count) ? alpha[index] : 255;
        }
    } else if (has_transparency && transparent != NULL) {
        header->has_transparent_color = 1;
        int is_gray = color_type == PNG_COLOR_TYPE_GRAY;
        header->transparent_color[0] = is_gray ? transparent->gray : transparent->red;
        header->transparent_color[1] = transparent->green;
        header->transparent_color[2] = transparent->blue;
    }
}

/// Reads the header, and the samples too unless `samples` is NULL.
static int read_png(
    const uint8_t *bytes, size_t count, cpng_header *header, void *samples, size_t samples_bytes,
    size_t *byte_offset, message_buffer message) {
    input source = {bytes, count, 0};
    png_structp png = make_reader(&source, &message);
    if (png == NULL) return -1;
    // Volatile, as it is assigned after setjmp and read after a jump back.
    png_infop volatile info = NULL;
    if (setjmp(png_jmpbuf(png))) {
        png_infop owned = info;
        png_destroy_read_struct(&png, &owned, NULL);
        *byte_offset = source.position;
        return -1;
    }
    info = png_create_info_struct(png);
    if (info == NULL) png_error(png, "out of memory");
    png_read_info(png, info);
    if (header != NULL) copy_header(png, info, header);
    if (samples != NULL) {
        png_set_packing(png);
        const uint16_t one = 1;
        if (*(const uint8_t *)&one == 1) png_set_swap(png);
        int passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        size_t row_bytes = png_get_rowbytes(png, info);
        size_t height = png_get_image_height(png, info);
        if (row_bytes == 0 || samples_bytes / row_bytes != height || samples_bytes % row_bytes != 0)
            png_error(png, "the buffer for the samples has the wrong size");
        for (int pass = 0; pass < passes; pass++)
            for (size_t row = 0; row < height; row++)
                png_read_row(png, (uint8_t *)samples + row * row_bytes, NULL);
        png_read_end(png, NULL);
    }
    png_infop owned = info;
    png_destroy_read_struct(&png, &owned, NULL);
    return 0;
}

int cpng_read_header(
    const uint8_t *bytes, size_t count, cpng_header *header, size_t *byte_offset, char *message,
    size_t message_capacity) {
    message_buffer buffer = {message, message_capacity};
    return read_png(bytes, count, header, NULL, 0, byte_offset, buffer);
}

int cpng_read_samples(
    const uint8_t *bytes, size_t count, void *samples, size_t samples_bytes, size_t *byte_offset, char *message,
    size_t message_capacity) {
    message_buffer buffer = {message, message_capacity};
    return read_png(bytes, count, NULL, samples, samples_bytes, byte_offset, buffer);
}

int cpng_write(
    const void *samples, uint32_t width, uint32_t height, int channels, int bit_depth, uint8_t **encoded,
    size_t *encoded_count, char *message, size_t message_capacity) {
    message_buffer buffer = {message, message_capacity};
    static const int color_types[5] = {
        0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (channels < 1 || channels > 4 || (bit_depth != 8 && bit_depth != 16)) {
        set_message(&buffer, "a PNG file has 1 to 4 channels of 8 or 16 bits");
        return -1;
    }
    output target = {NULL, 0, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &buffer, on_error, on_warning);
    if (png == NULL) {
        set_message(&buffer, "libpng cannot be started (version mismatch or out of memory)");
        return -1;
    }
    // Volatile, as it is assigned after setjmp and read after a jump back.
    png_infop volatile info = NULL;
    if (setjmp(png_jmpbuf(png))) {
        png_infop owned = info;
        png_destroy_write_struct(&png, &owned);
        free(target.bytes);
        return -1;
    }
    info = png_create_info_struct(png);
    if (info == NULL) png_error(png, "out of memory");
    png_set_write_fn(png, &target, write_bytes, flush_bytes);
    png_set_user_limits(png, LONGEST_SIDE, LONGEST_SIDE);
    png_set_IHDR(
        png, info, width, height, bit_depth, color_types[channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    const uint16_t one = 1;
    if (bit_depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(png);
    size_t row_bytes = (size_t)width * (size_t)channels * (size_t)(bit_depth / 8);
    for (uint32_t row = 0; row < height; row++)
        png_write_row(png, (png_const_bytep)((const uint8_t *)samples + row * row_bytes));
    png_write_end(png, info);
    png_infop owned = info;
    png_destroy_write_struct(&png, &owned);
    *encoded = target.bytes;
    *encoded_count = target.count;
    return 0;
}

void cpng_free(uint8_t *encoded) { free(encoded); }
