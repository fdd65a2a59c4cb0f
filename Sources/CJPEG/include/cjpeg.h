// libjpeg-turbo on buffers in memory: every failure is a status and a message, never an exit or a line on stderr.
//
// All functions return 0, or -1 with the zero-terminated reason, cut to fit, in the `message` buffer of the caller and
// in `*byte_offset` about the number of bytes consumed when the fault was found.
#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the markers before the first scan say.
typedef struct {
    uint32_t width;
    uint32_t height;
    /// Samples of a decoded pixel: 1 gray, 3 RGB, 4 CMYK; 0 for a kind of colour that cannot be decoded.
    int channels;
    /// Whether an Adobe marker is present; CMYK samples of such files are stored inverted (255 = no ink).
    int has_adobe_marker;
    int is_arithmetic_coded;
} cjpeg_header;

/// Reads the markers before the first scan.
int cjpeg_read_header(
    const uint8_t *bytes, size_t count, cjpeg_header *header, size_t *byte_offset, char *message,
    size_t message_capacity);

/// Decodes a whole JPEG file into rows of width x channels bytes without gaps.
///
/// Whatever libjpeg only warns about (premature end, damaged data) is a failure. `samples_bytes` has to be exactly
/// height x width x channels. After a failure `samples` holds part of the picture.
int cjpeg_read_samples(
    const uint8_t *bytes, size_t count, uint8_t *samples, size_t samples_bytes, size_t *byte_offset, char *message,
    size_t message_capacity);

#ifdef __cplusplus
}
#endif

#endif
