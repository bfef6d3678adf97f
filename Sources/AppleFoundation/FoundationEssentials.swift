// Apple's systems have Foundation whole and no module of this name; see Package.swift.
@_exported public import Foundation
