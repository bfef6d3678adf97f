// Of libyaml only the parser is used.
#pragma once
#include <yaml.h>
