-- CreateTable
CREATE TABLE "MetadefNamespace" (
    "id" SERIAL NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "displayName" TEXT COLLATE "C",
    "description" TEXT COLLATE "C",
    "visibility" TEXT COLLATE "C" NOT NULL,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "ownerId" TEXT COLLATE "C" NOT NULL,
    "isSeeded" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefNamespace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetadefObject" (
    "id" SERIAL NOT NULL,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C",
    "required" TEXT COLLATE "C" NOT NULL,
    "properties" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefObject_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetadefProperty" (
    "id" SERIAL NOT NULL,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "schema" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefProperty_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetadefTag" (
    "id" SERIAL NOT NULL,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefTag_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetadefResourceType" (
    "id" SERIAL NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefResourceType_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MetadefAssociation" (
    "namespaceId" INTEGER NOT NULL,
    "resourceTypeId" INTEGER NOT NULL,
    "prefix" TEXT COLLATE "C",
    "propertiesTarget" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3),

    CONSTRAINT "MetadefAssociation_pkey" PRIMARY KEY ("namespaceId","resourceTypeId")
);

-- CreateTable
CREATE TABLE "MetadefMarker" (
    "id" SERIAL NOT NULL,
    "parentId" INTEGER,
    "name" TEXT COLLATE "C" NOT NULL,
    "position" TEXT COLLATE "C" NOT NULL,
    "visibility" TEXT COLLATE "C" NOT NULL,
    "ownerId" TEXT COLLATE "C" NOT NULL,
    "goneAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "MetadefMarker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "MetadefNamespace_name_key" ON "MetadefNamespace"("name");

-- CreateIndex
CREATE INDEX "MetadefNamespace_createdAt_id_idx" ON "MetadefNamespace"("createdAt", "id");

-- CreateIndex
CREATE INDEX "MetadefNamespace_ownerId_idx" ON "MetadefNamespace"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefObject_namespaceId_name_key" ON "MetadefObject"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefProperty_namespaceId_name_key" ON "MetadefProperty"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefTag_namespaceId_name_key" ON "MetadefTag"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefResourceType_name_key" ON "MetadefResourceType"("name");

-- CreateIndex
CREATE INDEX "MetadefAssociation_resourceTypeId_idx" ON "MetadefAssociation"("resourceTypeId");

-- CreateIndex
CREATE INDEX "MetadefMarker_name_id_idx" ON "MetadefMarker"("name", "id");

-- CreateIndex
CREATE INDEX "MetadefMarker_goneAt_idx" ON "MetadefMarker"("goneAt");

-- AddForeignKey
ALTER TABLE "MetadefObject" ADD CONSTRAINT "MetadefObject_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MetadefProperty" ADD CONSTRAINT "MetadefProperty_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MetadefTag" ADD CONSTRAINT "MetadefTag_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MetadefAssociation" ADD CONSTRAINT "MetadefAssociation_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MetadefAssociation" ADD CONSTRAINT "MetadefAssociation_resourceTypeId_fkey" FOREIGN KEY ("resourceTypeId") REFERENCES "MetadefResourceType"("id") ON DELETE CASCADE ON UPDATE CASCADE;
