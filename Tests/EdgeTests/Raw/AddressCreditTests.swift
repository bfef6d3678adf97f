import Testing

@testable import Edge

struct AddressCreditTests {
    @Test func `an address that has said nothing gets nothing`() {
        var credit = AddressCredit()
        let spent1 = credit.spend(1)
        #expect(!spent1)
    }

    @Test func `an address that has spoken once gets three times what it said, over all datagrams`() {
        var credit = AddressCredit()
        credit.heard(100)
        let spent2 = credit.spend(301)
        #expect(!spent2)
        let spent3 = credit.spend(200)
        #expect(spent3)
        let spent4 = credit.spend(100)
        #expect(spent4)
        let spent5 = credit.spend(1)
        #expect(!spent5)
    }

    @Test func `an address that speaks again unanswered proves nothing, but earns as much again`() {
        var credit = AddressCredit()
        credit.heard(100)
        credit.heard(100)
        #expect(!credit.isProven)
        let spent6 = credit.spend(600)
        #expect(spent6)
        let spent7 = credit.spend(1)
        #expect(!spent7)
    }

    @Test func `an address that speaks after it was answered is proven, and even so not sent to for ever`() {
        var credit = AddressCredit()
        credit.heard(100)
        let spent8 = credit.spend(300)
        #expect(spent8)
        credit.heard(1)
        #expect(credit.isProven)
        let spent9 = credit.spend(AddressCredit.bytesUnheard)
        #expect(spent9)
        let spent10 = credit.spend(1)
        #expect(!spent10)
        credit.heard(1)
        let spent11 = credit.spend(AddressCredit.bytesUnheard)
        #expect(spent11)
    }

    @Test func `what is dropped costs nothing`() {
        var credit = AddressCredit()
        credit.heard(10)
        let spent12 = credit.spend(1000)
        #expect(!spent12)
        let spent13 = credit.spend(30)
        #expect(spent13)
    }

    @Test func `datagrams without a byte are free`() {
        var credit = AddressCredit()
        credit.heard(0)
        let spent14 = credit.spend(0)
        #expect(spent14)
        let spent15 = credit.spend(1)
        #expect(!spent15)
    }
}
