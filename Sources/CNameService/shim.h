#pragma once
#ifdef __GLIBC__
#include <nss.h>
#endif

// Has the C library look names up by itself, whatever /etc/nsswitch.conf says.
//
// Modules that the file may name (resolve, mdns4_minimal, mymachines) are shared libraries of the host, made for its own C
// library: a program that is linked whole loads them and dies.
static inline void name_service_shim_use_builtin(void) {
#ifdef __GLIBC__
    (void)__nss_configure_lookup("hosts", "files dns");
    (void)__nss_configure_lookup("networks", "files dns");
    (void)__nss_configure_lookup("services", "files");
    (void)__nss_configure_lookup("protocols", "files");
    (void)__nss_configure_lookup("passwd", "files");
    (void)__nss_configure_lookup("group", "files");
#endif
}
