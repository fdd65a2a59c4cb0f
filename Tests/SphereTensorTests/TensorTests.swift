import SphereTensor
import Testing

@Suite("Tensor")
struct TensorTests {
    @Test("A scalar has one element")
    func scalar() {
        #expect(Tensor(3).scalar == 3)
    }
}
