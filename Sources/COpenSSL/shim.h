// Only what Swift cannot import by itself.
#pragma once
#include <openssl/err.h>
#include <openssl/x509v3.h>
