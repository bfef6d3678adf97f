import CNameService

/// How this process looks up names.
enum NameService {
    /// Makes a program that is linked whole look names up in `/etc/hosts` and DNS alone; does nothing in any other.
    ///
    /// Names that only a service of the host knows (multicast DNS, `systemd-resolved` without its stub) are not found then.
    static func settle() {
        #if OSM_STATIC_EXECUTABLE
        name_service_shim_use_builtin()
        #endif
    }
}
