using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Listeners;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gateway.Authentication;

/// <summary>Names that the scheme shares with Microsoft.AspNetCore.Authentication.Certificate.</summary>
internal static class CertificateAuthenticationDefaults
{
    public const string AuthenticationScheme = "Certificate";
}

/// <summary>Options of the scheme. The certificate itself was judged in the handshake, and only its dates are left to ask for here.</summary>
internal sealed class CertificateAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>Refuses a certificate that has ended since its connection was opened. Default true.</summary>
    public bool ValidateValidityPeriod { get; set; } = true;
}

/// <summary>
/// Staff's sign-in: the identity of a connection on the staff listener, looked up in <c>staff.yaml</c> as it is now. The detail of a
/// refusal goes to our log.
/// </summary>
internal sealed partial class CertificateAuthenticationHandler(
    IOptionsMonitor<CertificateAuthenticationOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    TimeProvider clock,
    StaffHolder staff,
    StandingHolder standing)
    : AuthenticationHandler<CertificateAuthenticationOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Context.Features.Get<ListenerFeature>()?.Kind != ListenerKind.Staff || Context.Features.Get<PeerConnection>() is not { } peer)
        {
            return AuthenticateResult.NoResult();
        }

        var now = clock.GetUtcNow();
        if (Options.ValidateValidityPeriod && (now < peer.Identity.NotBefore || now > peer.Identity.NotAfter))
        {
            return Refuse("the certificate is outside its dates", peer);
        }

        if (standing.Current.RevokedKeys.Contains(peer.Identity.Key))
        {
            return Refuse("the key is revoked", peer);
        }

        if (staff.Current.Find(peer.Identity.Uri) is not { } member)
        {
            return Refuse("staff.yaml does not list the certificate's SPIFFE ID", peer);
        }

        var identity = new ClaimsIdentity(Scheme.Name, ClaimTypes.NameIdentifier, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, member.Id, ClaimValueTypes.String, ClaimsIssuer));
        foreach (var role in member.Roles)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, role.ToString(), ClaimValueTypes.String, ClaimsIssuer));
        }

        foreach (var permission in member.Permissions)
        {
            identity.AddClaim(new Claim(StaffPolicies.PermissionClaim, permission.ToString(), ClaimValueTypes.String, ClaimsIssuer));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private AuthenticateResult Refuse(string because, PeerConnection peer)
    {
        Log.Refused(Logger, because, peer.Identity.Key.Text);
        return AuthenticateResult.Fail("The certificate is not one of staff.");
    }

    private static partial class Log
    {
        [LoggerMessage(1603, LogLevel.Warning, "A call on the staff listener was refused: {Because}; key {Key}.", EventName = "StaffRefused")]
        public static partial void Refused(ILogger logger, string because, string key);
    }
}
