import Testing

@testable import Edge

struct AddressCreditTests {
    @Test func `an address that has said nothing gets nothing`() {
        var credit = AddressCredit()
        #expect(credit.spend(1) == false)
    }

    @Test func `an address that has spoken once gets three times what it said, over all datagrams`() {
        var credit = AddressCredit()
        credit.heard(100)
        #expect(credit.spend(301) == false)
        #expect(credit.spend(200) == true)
        #expect(credit.spend(100) == true)
        #expect(credit.spend(1) == false)
    }

    @Test func `an address that speaks again unanswered proves nothing, but earns as much again`() {
        var credit = AddressCredit()
        credit.heard(100)
        credit.heard(100)
        #expect(!credit.isProven)
        #expect(credit.spend(600) == true)
        #expect(credit.spend(1) == false)
    }

    @Test func `an address that speaks after it was answered is proven, and even so not sent to for ever`() {
        var credit = AddressCredit()
        credit.heard(100)
        #expect(credit.spend(300) == true)
        credit.heard(1)
        #expect(credit.isProven)
        #expect(credit.spend(AddressCredit.bytesUnheard) == true)
        #expect(credit.spend(1) == false)
        credit.heard(1)
        #expect(credit.spend(AddressCredit.bytesUnheard) == true)
    }

    @Test func `what is dropped costs nothing`() {
        var credit = AddressCredit()
        credit.heard(10)
        #expect(credit.spend(1000) == false)
        #expect(credit.spend(30) == true)
    }

    @Test func `datagrams without a byte are free`() {
        var credit = AddressCredit()
        credit.heard(0)
        #expect(credit.spend(0) == true)
        #expect(credit.spend(1) == false)
    }
}
