using Gateway.Authentication;
using Gateway.Core.Contracts;

namespace Gateway.Authentication
{
    /// <summary>One policy a permission. What role has which is said by <see cref="StaffRoles"/> alone.</summary>
    internal static class StaffPolicies
    {
        /// <summary>The claim that holds a permission.</summary>
        public const string PermissionClaim = "gateway.permission";

        public const string ReadPartners = nameof(StaffPermission.ReadPartners);
        public const string ChangeStanding = nameof(StaffPermission.ChangeStanding);
        public const string ReadContracts = nameof(StaffPermission.ReadContracts);
        public const string ReadLog = nameof(StaffPermission.ReadLog);
        public const string ReadTraces = nameof(StaffPermission.ReadTraces);
        public const string Reidentify = nameof(StaffPermission.Reidentify);
        public const string EraseSubjects = nameof(StaffPermission.EraseSubjects);
        public const string ArchiveLog = nameof(StaffPermission.ArchiveLog);
        public const string HandleRequests = nameof(StaffPermission.HandleRequests);
        public const string ReadCases = nameof(StaffPermission.ReadCases);
        public const string OpenCases = nameof(StaffPermission.OpenCases);
        public const string ApproveCases = nameof(StaffPermission.ApproveCases);
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers staff's sign-in.</summary>
    internal static class StaffServiceCollectionExtensions
    {
        /// <summary>
        /// The scheme <c>Certificate</c> and a policy for each permission; whatever names no policy needs a member of staff all the same.
        /// Needs <see cref="StaffHolder"/> and <see cref="Gateway.Core.Identity.StandingHolder"/> beside it.
        /// </summary>
        public static IServiceCollection AddStaff(this IServiceCollection services)
        {
            services.AddAuthentication(CertificateAuthenticationDefaults.AuthenticationScheme)
                .AddScheme<CertificateAuthenticationOptions, CertificateAuthenticationHandler>(
                    CertificateAuthenticationDefaults.AuthenticationScheme, configureOptions: null);
            var authorization = services.AddAuthorizationBuilder();
            foreach (var permission in Enum.GetNames<StaffPermission>())
            {
                authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().RequireClaim(StaffPolicies.PermissionClaim, permission));
            }

            authorization.SetFallbackPolicy(new AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            return services;
        }
    }
}
