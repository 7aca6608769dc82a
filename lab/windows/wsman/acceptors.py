"""The accepting side of a login, by third-party software. Each object holds the security context of one connection."""

import hashlib

import spnego
from cryptography import x509
from spnego.channel_bindings import GssChannelBindings

NTLM = "1.3.6.1.4.1.311.2.2.10"


class Refused(Exception):
    """The login is refused."""


class Spnego:
    """pyspnego: accepts NTLM, raw or in SPNEGO, and requires channel binding when there is a certificate."""

    def __init__(self, certificate):
        bindings = None
        if certificate is not None:
            bindings = GssChannelBindings(application_data=b"tls-server-end-point:" + end_point(certificate))
        self.context = spnego.server(
            protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate, channel_bindings=bindings
        )

    def step(self, token):
        try:
            return self.context.step(token)
        except Exception as error:
            raise Refused(str(error)) from error

    @property
    def complete(self):
        return self.context.complete

    def unseal(self, signature, sealed):
        return self.context.unwrap_winrm(signature, sealed)

    def seal(self, message):
        wrapped = self.context.wrap_winrm(message)
        return wrapped.header, wrapped.data


class GssNtlmssp:
    """gss-ntlmssp, a library in C. It accepts raw NTLM only and ignores channel binding."""

    def __init__(self, _certificate):
        import gssapi

        mechanism = gssapi.OID.from_int_seq(NTLM)
        credentials = gssapi.Credentials(usage="accept", mechs=[mechanism])
        self.context = gssapi.SecurityContext(creds=credentials, usage="accept")

    def step(self, token):
        try:
            return self.context.step(token)
        except Exception as error:
            raise Refused(str(error)) from error

    @property
    def complete(self):
        return self.context.complete

    def unseal(self, signature, sealed):
        return self.context.unwrap(signature + sealed).message

    def seal(self, message):
        wrapped = self.context.wrap(message, True).message
        return wrapped[:16], wrapped[16:]


ACCEPTORS = {"spnego": Spnego, "gss-ntlmssp": GssNtlmssp}


def end_point(pem):
    """The hash of a certificate for tls-server-end-point (RFC 5929)."""
    certificate = x509.load_pem_x509_certificate(pem)
    algorithm = certificate.signature_hash_algorithm
    name = algorithm.name if algorithm and algorithm.name not in ("md5", "sha1") else "sha256"
    return hashlib.new(name, certificate.public_bytes(x509.base.serialization.Encoding.DER)).digest()
