import Testing

@testable import osm_proxy
