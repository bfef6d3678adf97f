// The parts of OpenSSL that the Cryptography room uses, and the two macros of them that Swift cannot import.
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static const int openssl_shim_MBSTRING_UTF8 = MBSTRING_UTF8;
static const unsigned long openssl_shim_XN_FLAG_RFC2253 = XN_FLAG_RFC2253;
