#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Whether tests should keep to small sizes: set for runs on an emulated processor, which is a hundred times slower.
package let keepsToSmallSizes = getenv("SPHERESHIFT_SMALL_TESTS") != nil

/// Row counts around every boundary of the tiles: lanes (2 to 16), source groups (6, 8), panels (4 to 48), blocks of pairs (48)
/// and of sources (96), each minus one, exact and plus one, and a few blocks with a tail.
package let awkwardCounts: [Int] =
    keepsToSmallSizes
    ? [0, 1, 5, 9, 17, 49, 97]
    : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 63, 95, 96, 97, 143, 145, 199]

/// Dimensions around every boundary of the kernels: coordinate blocks (6, 8), lanes (2 to 16), and all remainders.
package let awkwardDimensions: [Int] =
    keepsToSmallSizes
    ? [1, 3, 8, 17]
    : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 31, 33, 50, 64, 100]
