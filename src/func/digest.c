/* SPDX-License-Identifier: Apache-2.0
 * digest.c - checksums and hashes of binaries: MD5, SHA, HMAC by libcrypto,
 * CRC-32, xxHash, MurmurHash3, SpookyHash. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>
#include <zlib.h>

#include "func/digest.h"
#include "func/kernel.h"
#include "func/tables.h"

static int
refused(struct err *e)
{
	return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
	    "the digest is not available");
}

static int
digest_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, const EVP_MD *md,
    struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n;
	int rc = ctx == NULL ? refused(e) : 0;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		if (rc != 0)
			break;
		if (EVP_DigestInit_ex(ctx, md, NULL) != 1 ||
		    EVP_DigestUpdate(ctx, x.p, x.n) != 1 ||
		    EVP_DigestFinal_ex(ctx, digest, &n) != 1)
			rc = refused(e);
		else
			rc = kernel_put(ev, out, i, (struct str){
			    (char *)digest, n }, e);
	}
	EVP_MD_CTX_free(ctx);
	return rc;
}

static int
hmac_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec *out, const EVP_MD *md,
    struct err *e)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n;
	int rc;

	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);
		struct str key = kernel_str(args->v[1], i);

		if (key.n == 0) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Empty key");
			continue;
		}
		if (key.n > INT32_MAX || HMAC(md, key.p, (int)key.n,
		    (const unsigned char *)x.p, x.n, digest, &n) == NULL)
			return refused(e);
		if ((rc = kernel_put(ev, out, i, (struct str){
		    (char *)digest, n }, e)) != 0)
			return rc;
	}
	return 0;
}

#define DIGEST(name, rows, md) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	return rows(ev, args, s, *out, md, e); \
}
DIGEST(md5, digest_rows, EVP_md5())
DIGEST(sha1, digest_rows, EVP_sha1())
DIGEST(sha256, digest_rows, EVP_sha256())
DIGEST(sha512, digest_rows, EVP_sha512())
DIGEST(hmac_md5, hmac_rows, EVP_md5())
DIGEST(hmac_sha1, hmac_rows, EVP_sha1())
DIGEST(hmac_sha256, hmac_rows, EVP_sha256())
DIGEST(hmac_sha512, hmac_rows, EVP_sha512())

static int
crc32_rows(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	KERNEL_EACH(s, i) {
		struct str x = kernel_str(args->v[0], i);

		((int64_t *)(*out)->data)[i] = (int64_t)crc32_z(0,
		    (const unsigned char *)x.p, x.n);
	}
	return 0;
}

/* Hashes of a few bytes: the number's bytes in the order Trino gives. */
static int
put_big_endian(struct eval *ev, struct vec *out, uint32_t i, uint64_t x,
    size_t n, struct err *e)
{
	char b[8];

	for (size_t k = 0; k < n; k++)
		b[k] = (char)(x >> (8 * (n - 1 - k)));
	return kernel_put(ev, out, i, (struct str){ b, n }, e);
}

#define HASH(name, expr, n) \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	int rc; \
	KERNEL_EACH(s, i) { \
		struct str x = kernel_str(args->v[0], i); \
		if ((rc = put_big_endian(ev, *out, i, (expr), n, e)) != 0) \
			return rc; \
	} \
	return 0; \
}
HASH(xxhash64, XXH64(x.p, x.n, 0), 8)
HASH(spooky_hash_v2_64, spooky_hash64(x), 8)
HASH(spooky_hash_v2_32, (uint32_t)spooky_hash64(x), 4)

static int
murmur3(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint64_t h[2];
	int rc;

	KERNEL_EACH(s, i) {
		murmur3_128(kernel_str(args->v[0], i), h);
		if ((rc = kernel_put(ev, *out, i, (struct str){ (char *)h,
		    16 }, e)) != 0)
			return rc;
	}
	return 0;
}

#define OF_BINARY(name, T, fn, text) \
	{ .signature = #name "(varbinary):" T, .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = text }
#define KEYED(name, text) \
	{ .signature = #name "(varbinary,varbinary):varbinary", \
	    .kernel = name, .help = text }

const struct func func_digest[] = {
	OF_BINARY(md5, "varbinary", md5, "MD5 of a binary"),
	OF_BINARY(sha1, "varbinary", sha1, "SHA-1 of a binary"),
	OF_BINARY(sha256, "varbinary", sha256, "SHA-256 of a binary"),
	OF_BINARY(sha512, "varbinary", sha512, "SHA-512 of a binary"),
	KEYED(hmac_md5, "HMAC with MD5"),
	KEYED(hmac_sha1, "HMAC with SHA-1"),
	KEYED(hmac_sha256, "HMAC with SHA-256"),
	KEYED(hmac_sha512, "HMAC with SHA-512"),
	OF_BINARY(crc32, "bigint", crc32_rows, "CRC-32 of a binary"),
	OF_BINARY(xxhash64, "varbinary", xxhash64, "xxHash64 of a binary"),
	OF_BINARY(murmur3, "varbinary", murmur3,
	    "MurmurHash3 (128 bits) of a binary"),
	OF_BINARY(spooky_hash_v2_32, "varbinary", spooky_hash_v2_32,
	    "SpookyHash V2 (32 bits) of a binary"),
	OF_BINARY(spooky_hash_v2_64, "varbinary", spooky_hash_v2_64,
	    "SpookyHash V2 (64 bits) of a binary"),
	{ 0 }
};
