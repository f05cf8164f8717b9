/* SPDX-License-Identifier: Apache-2.0
 * mkseeds.c - makes text_seeds.c: writes the whole text once and notes the
 * random state at every block.  With an argument, writes the text itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn/tpch/rng.h"
#include "conn/tpch/text.h"

static void
print_digit(unsigned v)
{
	unsigned c = '0' + v;

	putchar((int)(c + (c >= '\\')));
}

static void
print_block(unsigned long block, unsigned draws, unsigned delta)
{
	if (draws < TEXT_DRAWS_BASE || draws - TEXT_DRAWS_BASE > 4095 ||
	    delta > 4095) {
		fprintf(stderr, "block %lu: %u draws, starts at %u\n", block,
		    draws, delta);
		exit(1);
	}
	draws -= TEXT_DRAWS_BASE;
	if (block % TEXT_SEEDS_PER_LINE == 0)
		fputs("\t\"", stdout);
	print_digit(draws / 64);
	print_digit(draws % 64);
	print_digit(delta / 64);
	print_digit(delta % 64);
	if (block % TEXT_SEEDS_PER_LINE == TEXT_SEEDS_PER_LINE - 1)
		fputs("\",\n", stdout);
}

int
main(int argc, char **argv __attribute__((unused)))
{
	struct text_words *w = text_words_new();
	char sentence[TEXT_SENTENCE_MAX];
	uint32_t seed = TEXT_SEED, draws = 0;
	unsigned long size = 0, block = 0, start = 0;

	if (argc == 1)
		fputs("/* SPDX-License-Identifier: Apache-2.0\n"
		    " * text_seeds.c - made by mkseeds.c: see text.h. */\n"
		    "#include \"conn/tpch/text.h\"\n\n"
		    "const char *const text_seeds[] = {\n", stdout);
	while (size < TEXT_SIZE) {
		char *end;

		/* The first sentence at or behind the next border. */
		if (argc == 1 && size >= (block + 1) * TEXT_BLOCK) {
			print_block(block, draws,
			    (unsigned)(start - block * TEXT_BLOCK));
			draws = 0;
			start = size;
			block++;
		}
		end = text_sentence(w, &seed, sentence, &draws);
		if (argc > 1)
			fwrite(sentence, 1, (size_t)(end - sentence), stdout);
		size += (unsigned long)(end - sentence);
	}
	if (argc == 1) {
		print_block(block, draws,
		    (unsigned)(start - block * TEXT_BLOCK));
		fputs("};\n", stdout);
	}
	free(w);
	return 0;
}
