// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiled for what the compiler says of its types: see types_sample.h. */
#include "types_sample.h"

struct sample_all sample_all;
struct sample_bits sample_bits;
struct sample_packed sample_packed;
enum sample_signed sample_signed;
enum sample_unsigned sample_unsigned;
int sample_nameless = SAMPLE_NAMELESS;
