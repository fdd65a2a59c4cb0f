// Rivals in C and C++: OpenBLAS products and SLEEF exponentials.
//
// usage: rivals OPERATION FOLDER THREADS CONCENTRATION
// Reads FOLDER/points.npy and FOLDER/targets.npy, writes FOLDER/native.npy, says "ready ..." and answers every line on
// stdin with the seconds of one evaluation (README.md).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <cblas.h>
#include <omp.h>
#include <sleef.h>

#if defined(__SSE__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// The widest exponential of SLEEF with a bound of 1.0 ulp that -march=native allows.
#if defined(__AVX512F__)
using Vector = __m512;
static constexpr size_t lanes = 16;
static const char *const vectorName = "Sleef_expf16_u10avx512f";
static Vector load(const float *p) { return _mm512_loadu_ps(p); }
static void store(float *p, Vector x) { _mm512_storeu_ps(p, x); }
static Vector splat(float x) { return _mm512_set1_ps(x); }
static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
static Vector exponential(Vector x) { return Sleef_expf16_u10avx512f(x); }
#elif defined(__AVX2__) && defined(__FMA__)
using Vector = __m256;
static constexpr size_t lanes = 8;
static const char *const vectorName = "Sleef_expf8_u10avx2";
static Vector load(const float *p) { return _mm256_loadu_ps(p); }
static void store(float *p, Vector x) { _mm256_storeu_ps(p, x); }
static Vector splat(float x) { return _mm256_set1_ps(x); }
static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
static Vector exponential(Vector x) { return Sleef_expf8_u10avx2(x); }
#elif defined(__SSE2__)
using Vector = __m128;
static constexpr size_t lanes = 4;
static const char *const vectorName = "Sleef_expf4_u10";
static Vector load(const float *p) { return _mm_loadu_ps(p); }
static void store(float *p, Vector x) { _mm_storeu_ps(p, x); }
static Vector splat(float x) { return _mm_set1_ps(x); }
static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
static Vector add(Vector a, Vector b) { return _mm_add_ps(a, b); }
static Vector exponential(Vector x) { return Sleef_expf4_u10(x); }
#elif defined(__ARM_NEON)
using Vector = float32x4_t;
static constexpr size_t lanes = 4;
static const char *const vectorName = "Sleef_expf4_u10";
static Vector load(const float *p) { return vld1q_f32(p); }
static void store(float *p, Vector x) { vst1q_f32(p, x); }
static Vector splat(float x) { return vdupq_n_f32(x); }
static Vector multiplyAdd(Vector a, Vector b, Vector c) { return vfmaq_f32(c, a, b); }
static Vector add(Vector a, Vector b) { return vaddq_f32(a, b); }
static Vector exponential(Vector x) { return Sleef_expf4_u10(x); }
#endif

/// A row-major matrix of float32 in a file of NumPy's format, version 1.
struct Matrix {
    size_t rows = 0, columns = 0;
    std::vector<float> elements;

    Matrix(size_t rows, size_t columns) : rows(rows), columns(columns), elements(rows * columns) {}

    explicit Matrix(const std::string &path) {
        std::ifstream file(path, std::ios::binary);
        char magic[10];
        if (!file.read(magic, sizeof magic) || std::memcmp(magic, "\x93NUMPY\1", 7) != 0)
            throw std::runtime_error(path + ": not an NPY file of version 1");
        std::string header(size_t(static_cast<unsigned char>(magic[8])) + 256 * static_cast<unsigned char>(magic[9]), ' ');
        file.read(header.data(), std::streamsize(header.size()));
        const auto shape = header.find("'shape': (");
        if (header.find("'<f4'") == std::string::npos || header.find("'fortran_order': False") == std::string::npos
            || shape == std::string::npos || std::sscanf(header.c_str() + shape, "'shape': (%zu, %zu)", &rows, &columns) != 2)
            throw std::runtime_error(path + ": expected a matrix of float32 in C order, found " + header);
        elements.resize(rows * columns);
        if (!file.read(reinterpret_cast<char *>(elements.data()), std::streamsize(elements.size() * sizeof(float))))
            throw std::runtime_error(path + ": too short");
    }

    void write(const std::string &path) const {
        std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", "
            + std::to_string(columns) + "), }";
        header.append(63 - (10 + header.size()) % 64, ' ').push_back('\n');
        std::ofstream file(path, std::ios::binary);
        file.write("\x93NUMPY\1\0", 8);
        file.put(char(header.size() & 255)).put(char(header.size() >> 8));
        file.write(header.data(), std::streamsize(header.size()));
        file.write(reinterpret_cast<const char *>(elements.data()), std::streamsize(elements.size() * sizeof(float)));
        if (!file) throw std::runtime_error(path + ": cannot be written");
    }
};

/// Subnormal results of this thread become zero, as the kernels of SphereShift have it.
static void flushSubnormals() {
#if defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

/// Turns a row of cosines into exp(kappa (c - 1)) and returns its sum.
static float kernelRow(float *row, size_t count, float kappa) {
    const Vector k = splat(kappa), minusK = splat(-kappa);
    Vector sums = splat(0);
    size_t j = 0;
    for (; j + lanes <= count; j += lanes) {
        const Vector value = exponential(multiplyAdd(load(row + j), k, minusK));
        store(row + j, value);
        sums = add(sums, value);
    }
    float parts[lanes];
    store(parts, sums);
    float sum = 0;
    for (float part : parts) sum += part;
    for (; j < count; j++) {
        row[j] = std::exp(kappa * (row[j] - 1));
        sum += row[j];
    }
    return sum;
}

/// One blurring step in blocks of 256 rows of the kernel matrix: a product, exponentials, a product.
///
/// Threads take whole blocks, so that each block stays in the cache of its core; 256 rows as in the row blocks of the
/// other rivals.
static std::function<void()> stepBlocks(const Matrix &x, Matrix &y, float kappa, int threads) {
    const size_t n = x.rows, d = x.columns, block = 256;
    // Memory that lives from call to call, a piece for every thread: no page faults are timed.
    auto kernels = std::make_shared<std::vector<std::vector<float>>>(threads, std::vector<float>(block * n));
    openblas_set_num_threads(1);
    return [=, &x, &y] {
        std::atomic<size_t> next{0};
#pragma omp parallel num_threads(threads)
        {
            flushSubnormals();
            float *const kernel = (*kernels)[size_t(omp_get_thread_num())].data();
            for (size_t start; (start = next.fetch_add(block)) < n;) {
                const size_t rows = std::min(block, n - start);
                float *const shifted = y.elements.data() + start * d;
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, int(rows), int(n), int(d), 1,
                    x.elements.data() + start * d, int(d), x.elements.data(), int(d), 0, kernel, int(n));
                for (size_t i = 0; i < rows; i++) kernelRow(kernel + i * n, n, kappa);
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, int(rows), int(d), int(n), 1, kernel, int(n),
                    x.elements.data(), int(d), 0, shifted, int(d));
                // The kernel sum cancels in the normalisation.
                for (size_t i = 0; i < rows; i++) {
                    float *const row = shifted + i * d;
                    float square = 0;
                    for (size_t k = 0; k < d; k++) square += row[k] * row[k];
                    const float scale = 1 / std::sqrt(square);
                    for (size_t k = 0; k < d; k++) row[k] *= scale;
                }
            }
        }
    };
}

/// C = A B^T with one sgemm.
static std::function<void()> product(const Matrix &a, const Matrix &b, Matrix &c, int threads) {
    openblas_set_num_threads(threads);
    return [&] {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, int(a.rows), int(b.rows), int(a.columns), 1,
            a.elements.data(), int(a.columns), b.elements.data(), int(b.columns), 0, c.elements.data(), int(c.columns));
    };
}

/// Exponentials of all values, on one thread.
static std::function<void()> exponentials(const Matrix &x, Matrix &y) {
    return [&] {
        const size_t count = x.elements.size();
        size_t j = 0;
        for (; j + lanes <= count; j += lanes) store(&y.elements[j], exponential(load(&x.elements[j])));
        for (; j < count; j++) y.elements[j] = std::exp(x.elements[j]);
    };
}

static double seconds(const std::function<void()> &body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int main(int count, char **arguments) try {
    if (count != 5) throw std::runtime_error("usage: rivals OPERATION FOLDER THREADS CONCENTRATION");
    const std::string operation = arguments[1], folder = arguments[2];
    const int threads = std::atoi(arguments[3]);
    const float kappa = std::strtof(arguments[4], nullptr);
    const Matrix points(folder + "/points.npy");
    const Matrix targets = operation == "product" ? Matrix(folder + "/targets.npy") : Matrix(0, 0);
    Matrix result(points.rows, operation == "product" ? targets.rows : points.columns);

    std::function<void()> run;
    std::string description;
    const std::string blas = std::string(openblas_get_config()) + ", kernels of " + openblas_get_corename();
    if (operation == "step") {
        run = stepBlocks(points, result, kappa, threads);
        description = blas + ", " + vectorName;
    } else if (operation == "product") {
        run = product(points, targets, result, threads);
        description = blas;
    } else if (operation == "exponential") {
        if (threads > 1) return std::puts("skipped: SLEEF has no threads"), 0;
        run = exponentials(points, result);
        description = vectorName;
    } else {
        throw std::runtime_error("unknown operation " + operation);
    }

    run();
    result.write(folder + "/native.npy");
    const double warm = seconds(run);
    const long calls = std::max(1L, long(std::ceil(1e-3 / warm)));
    std::cout << "ready " << description << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        // As worker.py: a call to warm up, then as many as last a millisecond.
        if (warm < 0.1) run();
        const double time = seconds([&] { for (long i = 0; i < calls; i++) run(); });
        std::cout << time / double(calls) << std::endl;
    }
} catch (const std::exception &error) {
    std::cerr << "rivals: " << error.what() << std::endl;
    return 1;
}
