using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Quorum.Faults;

/// <summary>A certificate of an authority that the app is configured to trust, and a self-signed one for another name.</summary>
internal sealed class Certificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly DateTimeOffset NotBefore = DateTimeOffset.UtcNow.AddDays(-1),
        NotAfter = NotBefore.AddDays(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("quorum-faults-").FullName;

    private Certificates(X509Certificate2 trusted, X509Certificate2 untrusted) => (Trusted, Untrusted) = (trusted, untrusted);

    public X509Certificate2 Trusted { get; }

    public X509Certificate2 Untrusted { get; }

    /// <summary>The authority's own certificate as PEM: OpenSSL, and .NET on top of it, reads it from <c>SSL_CERT_FILE</c>.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public static Certificates Issue()
    {
        using var authorityKey = RSA.Create(2048);
        var authority = Request("CN=Quorum fault matrix", authorityKey);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var root = authority.CreateSelfSigned(NotBefore, NotAfter);

        using var key = RSA.Create(2048);
        var server = Request("CN=127.0.0.1", key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        using var signed = server.Create(root, NotBefore, NotAfter.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        using var trusted = signed.CopyWithPrivateKey(key);

        using var otherKey = RSA.Create(2048);
        using var other = Request("CN=somebody-else.invalid", otherKey).CreateSelfSigned(NotBefore, NotAfter);
        var issued = new Certificates(Usable(trusted), Usable(other));
        File.WriteAllText(issued.AuthorityFile, root.ExportCertificatePem());
        return issued;
    }

    public void Dispose()
    {
        Trusted.Dispose();
        Untrusted.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CertificateRequest Request(string name, RSA key) => new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>Returns the certificate with a key that SslStream accepts on every system.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
}
