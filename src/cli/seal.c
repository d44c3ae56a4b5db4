/* seal.c - close a case: a manifest of all that belongs to it, and a signature where one is wanted. */
#include "seal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "config.h"
#include "verb.h"

static int
run(const struct request *request)
{
	struct sealed sealed;
	int r = seal_case(&(struct seal_request){ .folder = request->operands[0],
						  .sign_key = request->sign_key,
						  .version = PACKAGE_VERSION,
						  .renew = request->renew },
			  &sealed);

	if (r == -EBADMSG || r == -EEXIST)
		return EXIT_MISMATCH;
	if (r < 0)
		return EXIT_FAILED;
	if (request->json)
		printf("{\"files\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"manifest_sha256\":\"%s\",\"renewed\":%s}\n",
		       sealed.files, sealed.bytes, sealed.manifest, sealed.again ? "true" : "false");
	else
		printf("%s: %" PRIu64 " files, %" PRIu64 " bytes\nmanifest.json has the SHA-256 %s\n",
		       sealed.again ? "the seal is renewed" : "sealed", sealed.files, sealed.bytes, sealed.manifest);
	return EXIT_COMPLETE;
}

const struct verb seal_verb = {
	.name = "seal",
	.operands = "CASE",
	.summary = "close a case: manifest, signature, request for a time stamp",
	.description =
		"Every file in the case folder is listed in manifest.json with its size and SHA-256, and in "
		"SHA256SUMS, which "
		"sha256sum -c takes. run.jsonl, which goes on, is closed by a line that names the hashes of both; "
		"write "
		"that of the manifest down elsewhere, too. manifest.json.tsq is a request (RFC 3161) for a time stamp "
		"authority, to be sent from another machine; put its answer beside it as manifest.json.tsr.\n\n"
		"With --sign-key FILE the manifest is signed: by a private key in PEM, into manifest.json.sig with the "
		"public key in manifest.json.pub ('openssl dgst -sha256 -verify', for Ed25519 'openssl pkeyutl -verify "
		"-rawin'), or by a key of minisign, where that is installed.\n\n"
		"A case that is sealed is only sealed again with --renew: what the seal before was made of is kept "
		"under "
		"former-seals. Whatever changes a sealed case says so in run.jsonl before it does, and breaks the "
		"seal.",
	.options = "sign-key renew json",
	.least = 1,
	.most = 1,
	.run = run,
};
