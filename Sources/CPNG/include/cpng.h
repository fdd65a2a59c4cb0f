// libpng on buffers in memory: every failure is a status and a message, never a jump, an exit or a line on stderr.
//
// All functions return 0, or -1 with the zero-terminated reason, cut to fit, in the `message` buffer of the caller.
// Those that read a file set `*byte_offset` to the number of bytes consumed when the fault was found.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the chunks before the image data say. All samples and palette entries are as stored: no gamma, no scaling.
typedef struct {
    uint32_t width;
    uint32_t height;
    /// Bits of a stored sample: 1, 2, 4, 8 or 16.
    int bit_depth;
    /// Stored samples of a pixel: 1 gray or palette index, 2 gray + alpha, 3 RGB, 4 RGBA.
    int channels;
    /// Entries of the palette as RGBA, alpha 255 where the file gives none; 0 for a picture without palette.
    int palette_count;
    uint8_t palette[256][4];
    /// The one fully transparent colour of a gray (first entry) or RGB picture, in stored sample values.
    int has_transparent_color;
    uint16_t transparent_color[3];
} cpng_header;

/// Reads the chunks before the image data.
int cpng_read_header(
    const uint8_t *bytes, size_t count, cpng_header *header, size_t *byte_offset, char *message,
    size_t message_capacity);

/// Decodes a whole PNG file, checksums and end chunk included, into rows of width x channels samples without gaps.
///
/// A sample is one byte up to depth 8 (depths 1, 2 and 4 unpacked, not scaled) and a `uint16_t` in the byte order of
/// the machine at depth 16. `samples_bytes` has to be exactly height x width x channels x bytes of a sample. After a
/// failure `samples` holds part of the picture.
int cpng_read_samples(
    const uint8_t *bytes, size_t count, void *samples, size_t samples_bytes, size_t *byte_offset, char *message,
    size_t message_capacity);

/// Encodes rows laid out as `cpng_read_samples` leaves them; `bit_depth` is 8 or 16, `channels` 1...4.
///
/// After success the file is in `*encoded`, to be given to `cpng_free`.
int cpng_write(
    const void *samples, uint32_t width, uint32_t height, int channels, int bit_depth, uint8_t **encoded,
    size_t *encoded_count, char *message, size_t message_capacity);

void cpng_free(uint8_t *encoded);

#ifdef __cplusplus
}
#endif

#endif
