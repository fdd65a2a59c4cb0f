/// How the sums of a convolution, or of one of its gradients, are evaluated.
public enum ConvolutionAlgorithm: Sendable, Hashable {
    /// Minimal filtering F(2 x 2, 3 x 3) for windows of 3 x 3 with stride 1 and any dilation, where both sides have at least 32 channels, a
    /// multiple of the instruction set's lanes, and the output at least 1,024 pixels; else ``direct``.
    ///
    /// 16 products for 2 x 2 outputs instead of 36 (Winograd 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016).
    /// Rounding errors are relative to the products of all weights of a channel with all elements that a tile of 4 x 4 reads, of which those that an
    /// output does not have cancel: for operands of one scale hardly larger than those of direct sums. NaN reaches the
    /// outputs that read it and no others; infinity does too, and may become NaN there.
    case automatic
    /// Every product of the definition.
    case direct
}
