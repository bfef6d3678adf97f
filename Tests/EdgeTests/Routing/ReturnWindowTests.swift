import NIOCore
import Testing

@testable import Edge

struct ReturnWindowTests {
    @Test func `is open from the start to the end of its length`() {
        let began = NIODeadline.uptimeNanoseconds(1000)
        let window = ReturnWindow(began: began, length: .seconds(75))
        #expect(window.isOpen(at: began))
        #expect(window.isOpen(at: began + .seconds(75) - .nanoseconds(1)))
        #expect(!window.isOpen(at: began + .seconds(75)))
        #expect(!ReturnWindow(began: began, length: .zero).isOpen(at: began))
    }
}
