// Only what Swift cannot import by itself.
#pragma once
#include <nghttp2/nghttp2.h>
