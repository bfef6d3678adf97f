/// An endpoint that is to be served, and the number that its registrations go by: a new one when other things are asked.
struct WantedEndpoint: Sendable, Equatable {
    let endpoint: Endpoint
    let serial: Int
}
